using R1Reward.Actors.Coordination;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>The pairs of a run: training prompts, held-out pairs and judgments for the cold start.</summary>
public abstract class RunPairs : IPairSource
{
    /// <inheritdoc/>
    public abstract IReadOnlyList<PreferencePair> HeldOut { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<PreferencePair> HeldOutNoise => [];

    /// <summary>
    /// How many training prompts have to be looked at to have seen every kind: all pairs of a file, the first thousand
    /// of an endless source.
    /// </summary>
    public virtual long DistinctPrompts => 1000;

    /// <summary>Pairs with a judgment to imitate, known after <see cref="Bind"/>; 0 for an endless source.</summary>
    public virtual long ColdStartCount => 0;

    /// <summary>
    /// Makes example n (from 0) of the exercise that goes before judging: describing pictures. Null where there are
    /// none.
    /// </summary>
    internal virtual Func<long, AlignmentExample>? Alignment => null;

    /// <inheritdoc/>
    public abstract PreferencePair Training(long index);

    /// <summary>
    /// Pair <paramref name="index"/> of the cold start (from 0, over all its steps), with a judgment to imitate.
    /// </summary>
    public abstract PreferencePair ColdStart(long index);

    /// <summary>Up to <paramref name="max"/> different cold-start pairs, for training a tokenizer.</summary>
    public abstract IEnumerable<PreferencePair> ColdStartSamples(int max);

    /// <summary>
    /// Gives the pairs the model folder of the run, once there is one: prompts that are too long in its tokens are left
    /// out from here on.
    /// </summary>
    /// <exception cref="R1Reward.Data.UserErrorException">No pair is left.</exception>
    public abstract void Bind(string modelFolder);
}
