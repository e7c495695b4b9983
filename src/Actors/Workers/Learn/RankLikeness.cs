using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// What the models of all ranks must have in common beside the weights that they train, which are made the same: number
/// format, names and shapes of weights, and the weights that are not trained, which the sum of their bits tells apart.
/// </summary>
internal sealed class RankLikeness
{
    // Weights that are read at a time.
    private const long Piece = 1 << 24;

    private readonly string _section;
    private readonly double[] _own;

    /// <summary>Reads what a model and those beside it are.</summary>
    /// <param name="section">The section of the configuration that has the number format.</param>
    /// <param name="model">The model that is trained.</param>
    /// <param name="frozen">A model that is not trained; null: none.</param>
    /// <param name="read">Its weights, where it has not read them itself; null: it has.</param>
    public RankLikeness(string section, CausalLM model, CausalLM? frozen, IEnumerable<Tensor>? read = null)
    {
        _section = section;
        var kept = new[] { model.Adapter is null ? null : model.Parameters, read is null ? frozen?.Parameters : null };
        var here = kept.OfType<ParameterTable>().Distinct()
            .SelectMany(table => table.Groups.Select(group => group.Values));
        var bits = here.Concat(read ?? []).Sum(BitsOf);
        _own = [(double)model.Dtype, ShapeOf(model), bits % (1L << 52)];
    }

    /// <summary>Refuses ranks that differ; called by each of them.</summary>
    /// <exception cref="UserErrorException">A rank differs from the first one; the message says what to do.</exception>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public void Require(ICollective ranks, RankSeat? seat)
    {
        var all = ranks.Gather(_own);
        for (var rank = 1; rank < all.Length; rank++)
        {
            var (first, other) = (seat!.Members[0].Worker, seat.Members[rank].Worker);
            if (all[rank][0] != all[0][0])
            {
                throw new UserErrorException(
                    $"{first} computes in {(ScalarType)all[0][0]} and {other} in {(ScalarType)all[rank][0]}: "
                    + $"write r1reward.{_section}.dtype, one for all.");
            }

            if (all[rank][1] != all[0][1] || all[rank][2] != all[0][2])
            {
                var what = all[rank][1] != all[0][1] ? "a model of another shape" : "other weights";
                throw new UserErrorException(
                    $"{other} has {what} than {first}: r1reward.model.path has to lead to the same files on all "
                    + "hosts.");
            }
        }
    }

    // 52 bits are whole numbers of a double.
    private static double ShapeOf(CausalLM model)
    {
        var shape = JsonConvert.SerializeObject((model.Parameters.Specs, model.Trained.Specs));
        return BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(shape))) & ((1L << 52) - 1);
    }

    private static long BitsOf(Tensor weights)
    {
        var bits = 0L;
        for (var start = 0L; start < weights.numel(); start += Piece)
        {
            using var scope = NewDisposeScope();
            var piece = weights.view(-1).narrow(0, start, Math.Min(Piece, weights.numel() - start)).cpu();
            foreach (var word in MemoryMarshal.Cast<byte, short>(piece.bytes))
            {
                bits += word;
            }
        }

        return bits;
    }
}
