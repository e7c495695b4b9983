namespace R1Reward.Policy.Training;

/// <summary>
/// Running means of a head's loss and accuracy: 0.9 of the old and 0.1 of the new, from 0 on, as published.
/// </summary>
/// <param name="head">Name of the head.</param>
internal sealed class RunningMeans(string head)
{
    private const double Kept = 0.9;

    /// <summary>The mean of the loss over the steps that had pairs.</summary>
    internal double Loss { get; private set; }

    /// <summary>The mean of the accuracy over these steps.</summary>
    internal double Accuracy { get; private set; }

    /// <summary>Both means, under names that begin with the head's.</summary>
    internal IEnumerable<(string Name, double Value)> Named =>
        [($"{head}.mean-loss", Loss), ($"{head}.mean-accuracy", Accuracy)];

    /// <summary>Takes in a step that had pairs.</summary>
    internal void Add(double loss, double accuracy)
    {
        Loss = (Kept * Loss) + ((1 - Kept) * loss);
        Accuracy = (Kept * Accuracy) + ((1 - Kept) * accuracy);
    }

    /// <summary>Goes on from means of these names; those that are not there stay as they are.</summary>
    internal void GoOnFrom(IReadOnlyDictionary<string, double> named)
    {
        Loss = named.GetValueOrDefault($"{head}.mean-loss", Loss);
        Accuracy = named.GetValueOrDefault($"{head}.mean-accuracy", Accuracy);
    }
}
