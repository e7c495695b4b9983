using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;

namespace R1Reward.Policy.Training;

/// <summary>
/// A model that is not trained, of which each of several ranks holds a part: its weights are gathered layer by layer
/// as those of <see cref="Sharding.Parameters"/> are. For one thread.
/// </summary>
/// <param name="model">
/// The model, whose weights are all here at first, or have not been read; the caller disposes it after this.
/// </param>
/// <param name="reload">Fills it again from where its weights came from, in parts where it holds parts.</param>
public sealed class FrozenParts(CausalLM model, Action reload) : IDisposable
{
    private WeightParts? _parts;
    private RankCut _cut = RankCut.Whole;
    private ICollective _ranks = OneRank.Alone;

    /// <summary>Holds the part that is due among these ranks; where that is another one, it is read again.</summary>
    public void ShareOut(ICollective ranks)
    {
        _ranks = ranks;
        var due = RankCut.Of(ranks);
        if (due == _cut && (_parts is not null || model.IsWhole))
        {
            return;
        }

        var hadAll = model.IsWhole;
        _parts?.Dispose();
        _cut = due;
        _parts = due == RankCut.Whole ? null : new WeightParts(model.Parameters, due, () => _ranks);
        if (_parts is null && !hadAll)
        {
            model.Parameters.MakeWhole();
        }

        if (!hadAll)
        {
            reload();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _parts?.Dispose();
}
