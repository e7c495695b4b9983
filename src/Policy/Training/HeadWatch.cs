using R1Reward.Data.Pairs;

namespace R1Reward.Policy.Training;

/// <summary>Follows the figures of one head from step to step.</summary>
/// <param name="head">Name of the head.</param>
internal sealed class HeadWatch(string head)
{
    private const double Kept = 0.9;

    private double _meanLoss;
    private double _meanAccuracy;

    /// <summary>The running means, under names that begin with the head's.</summary>
    internal IEnumerable<(string Name, double Value)> Means =>
        [($"{head}.mean-loss", _meanLoss), ($"{head}.mean-accuracy", _meanAccuracy)];

    /// <summary>Goes on from running means; those that are not there stay as they are.</summary>
    internal void GoOnFrom(IReadOnlyDictionary<string, double> means)
    {
        _meanLoss = means.GetValueOrDefault($"{head}.mean-loss", _meanLoss);
        _meanAccuracy = means.GetValueOrDefault($"{head}.mean-accuracy", _meanAccuracy);
    }

    /// <summary>Takes in the scores of a batch.</summary>
    /// <param name="pairs">First score, second score and label of each pair.</param>
    /// <param name="loss">Mean pair loss; null where no pair is decided.</param>
    internal HeadMetrics Next(
        IReadOnlyList<(double First, double Second, PreferenceLabel? Label)> pairs, double? loss)
    {
        var decided = pairs
            .Where(pair => pair.Label is PreferenceLabel.First or PreferenceLabel.Second)
            .Select(pair => pair.Label == PreferenceLabel.First
                ? (Chosen: pair.First, Rejected: pair.Second)
                : (Chosen: pair.Second, Rejected: pair.First))
            .ToList();
        double? accuracy = decided.Count == 0
            ? null
            : decided.Count(pair => pair.Chosen > pair.Rejected) / (double)decided.Count;
        if (loss is { } one)
        {
            _meanLoss = (Kept * _meanLoss) + ((1 - Kept) * one);
            _meanAccuracy = (Kept * _meanAccuracy) + ((1 - Kept) * accuracy!.Value);
        }

        return new HeadMetrics
        {
            Head = head,
            Pairs = decided.Count,
            Ties = pairs.Count(pair => pair.Label == PreferenceLabel.Tie),
            Loss = loss,
            Accuracy = accuracy,
            Chosen = decided.Count == 0 ? null : decided.Average(pair => pair.Chosen),
            Rejected = decided.Count == 0 ? null : decided.Average(pair => pair.Rejected),
            MeanLoss = _meanLoss,
            MeanAccuracy = _meanAccuracy,
        };
    }
}
