using R1Reward.Data.Pairs;
using R1Reward.Policy.Losses.Preference;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The loss of a scalar model (LightRFT): for each head the mean pair loss over the pairs that it prefers one response
/// of, and a small weight on the mean gap of its ties. A head without such pairs adds nothing. The mean of the batch is
/// the same however the batch is computed in parts.
/// </summary>
public sealed record ScalarObjective
{
    /// <summary>The loss of a decided pair; LightRFT's default is <see cref="HpsLoss"/>.</summary>
    public IPairLoss Loss { get; init; } = new HpsLoss();

    /// <summary>Weight of the gap of ties.</summary>
    public double TieWeight { get; init; } = 0.01;

    /// <summary>Weight of each head's pair loss, in their order; empty: 1 for all.</summary>
    public IReadOnlyList<double> HeadWeights { get; init; } = [];

    /// <summary>The only head that counts, and by what its loss is multiplied; null: all do, by 1.</summary>
    internal (int Head, double Scale)? Only { get; init; }

    /// <summary>The loss of pairs, or of a part of a batch, as a single number.</summary>
    /// <param name="firstBH">Scores of the first responses, one column per head.</param>
    /// <param name="secondBH">Scores of the second responses.</param>
    /// <param name="labels">The label of each pair for each head.</param>
    /// <param name="batch">
    /// The labels of the whole batch that the means are over; null: these pairs are all of it.
    /// </param>
    public Tensor Compute(
        Tensor firstBH,
        Tensor secondBH,
        IReadOnlyList<IReadOnlyList<PreferenceLabel?>> labels,
        IReadOnlyList<IReadOnlyList<PreferenceLabel?>>? batch = null)
    {
        using var scope = NewDisposeScope();
        var total = firstBH.sum() * Kept(0);
        for (var head = 0; head < firstBH.size(1); head++)
        {
            var index = head;
            var scale = Only is not var (only, by) ? 1 : only == head ? by : 0;
            if (scale == 0)
            {
                continue;
            }

            var (decided, ties) = Counts(batch ?? labels, head);
            if (OfHead(firstBH.select(1, head), secondBH.select(1, head), [.. labels.Select(pair => pair[index])])
                is { } loss)
            {
                total = total.Plus(loss.sum() * Kept(scale * WeightOf(head) / decided));
            }

            int[] tied = [.. Places(labels, head, PreferenceLabel.Tie)];
            if (tied.Length > 0)
            {
                var (first, second) = (Pick(firstBH.select(1, head), tied), Pick(secondBH.select(1, head), tied));
                total = total.Plus(TieLoss.PerPair(first, second).sum() * Kept(scale * TieWeight / ties));
            }
        }

        return total.MoveToOuterDisposeScope();
    }

    /// <summary>The loss (N) of the pairs that a head prefers one response of; null where there is none.</summary>
    internal Tensor? OfHead(Tensor firstB, Tensor secondB, IReadOnlyList<PreferenceLabel?> labels)
    {
        int[] decided = [.. Enumerable.Range(0, labels.Count).Where(i => IsDecided(labels[i]))];
        if (decided.Length == 0)
        {
            return null;
        }

        var isFirst = tensor(
            Array.ConvertAll(decided, i => labels[i] == PreferenceLabel.First), device: firstB.device);
        var (first, second) = (Pick(firstB, decided), Pick(secondB, decided));
        return Loss.PerPair(where(isFirst, first, second), where(isFirst, second, first));
    }

    private static bool IsDecided(PreferenceLabel? label) => label is PreferenceLabel.First or PreferenceLabel.Second;

    private static (int Decided, int Ties) Counts(IReadOnlyList<IReadOnlyList<PreferenceLabel?>> labels, int head) =>
        (labels.Count(pair => IsDecided(pair[head])), labels.Count(pair => pair[head] == PreferenceLabel.Tie));

    private static IEnumerable<int> Places(
        IReadOnlyList<IReadOnlyList<PreferenceLabel?>> labels, int head, PreferenceLabel label) =>
        Enumerable.Range(0, labels.Count).Where(i => labels[i][head] == label);

    private static Tensor Pick(Tensor values, int[] places) => values.index_select(
        0, tensor(Array.ConvertAll(places, place => (long)place), dtype: ScalarType.Int64, device: values.device));

    private double WeightOf(int head) => HeadWeights.Count > head ? HeadWeights[head] : 1;
}
