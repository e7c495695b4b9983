using R1Reward.Actors.Coordination;
using R1Reward.Data;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>The pairs of a run: training prompts, held-out pairs and judgments for the cold start.</summary>
public abstract class RunPairs : IPairSource
{
    /// <inheritdoc/>
    public abstract IReadOnlyList<PreferencePair> HeldOut { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<PreferencePair> HeldOutNoise => [];

    /// <inheritdoc/>
    public abstract PreferencePair Training(long index);

    /// <summary>Training prompts after which none of another kind comes: all pairs of a file, the first thousand of an endless source.</summary>
    public virtual long Different => 1000;

    /// <summary>Pair <paramref name="index"/> of the cold start (from 0, over all its steps), with a judgment to imitate.</summary>
    public abstract PreferencePair ColdStart(long index);

    /// <summary>Makes example n (from 0) of the exercise that goes before judging: what pictures show. Null where there is none.</summary>
    public virtual Func<long, AlignmentExample>? Alignment => null;

    /// <summary>Up to so many different cold-start pairs, for training a tokenizer.</summary>
    public abstract IEnumerable<PreferencePair> ColdStartSamples(int most);

    /// <summary>Tells the pairs the tokenizer of the run, once there is one: prompts that are too long are left out from here on.</summary>
    /// <exception cref="UserErrorException">No pair is left.</exception>
    public abstract void Bind(string modelFolder);
}
