using R1Reward.Data.Pairs;

namespace R1Reward.Policy.Training;

/// <summary>Follows the figures of one head from step to step.</summary>
/// <param name="head">Name of the head.</param>
internal sealed class HeadWatch(string head)
{
    /// <summary>What goes on from step to step.</summary>
    internal RunningMeans Means { get; } = new(head);

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
            Means.Add(one, accuracy!.Value);
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
            MeanLoss = Means.Loss,
            MeanAccuracy = Means.Accuracy,
        };
    }
}
