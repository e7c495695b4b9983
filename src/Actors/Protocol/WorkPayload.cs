using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Protocol;

/// <summary>What a worker needs to do one item. The subtypes below are the closed set that travels.</summary>
internal abstract record WorkPayload
{
    /// <summary>Which workers do it.</summary>
    public abstract WorkKind Kind { get; }
}

/// <summary>Train a whole stage of the run.</summary>
/// <param name="Model">The starting model.</param>
internal abstract record StageWork(WeightsReference Model) : SharedWork;

/// <summary>Run the cold start from the model folder named in the run's settings.</summary>
/// <param name="Model">The starting model.</param>
internal sealed record SftWork(WeightsReference Model) : StageWork(Model)
{
    /// <inheritdoc/>
    public override WorkKind Kind => WorkKind.Sft;
}

/// <summary>Train a scalar reward model from the model folder named in the run's settings.</summary>
/// <param name="Model">The starting model.</param>
internal sealed record SrmWork(WeightsReference Model) : StageWork(Model)
{
    /// <inheritdoc/>
    public override WorkKind Kind => WorkKind.Srm;
}

/// <summary>Sample <paramref name="Samples"/> judgments of one pair.</summary>
/// <param name="Pair">The pair to judge.</param>
/// <param name="Samples">How many independent samples.</param>
/// <param name="Seed">Sample k draws from the stream (Seed, k): the same item gives the same tokens wherever it
/// runs.</param>
/// <param name="Evaluation">Whether the sampling settings of evaluations apply instead of those of training.</param>
/// <param name="Weights">The weights to sample with; the worker loads them if it holds others.</param>
internal sealed record RolloutWork(
    PreferencePair Pair, int Samples, long Seed, bool Evaluation, WeightsReference Weights) : WorkPayload
{
    /// <inheritdoc/>
    public override WorkKind Kind => WorkKind.Rollout;
}

/// <summary>Ask the remote judge about one trace.</summary>
/// <param name="Reply">The trace's text.</param>
internal sealed record JudgeWork(string Reply) : WorkPayload
{
    /// <inheritdoc/>
    public override WorkKind Kind => WorkKind.Judge;
}

/// <summary>Compute the rewards of all traces of one prompt.</summary>
/// <param name="Pair">The pair that they judge.</param>
/// <param name="Replies">The traces.</param>
/// <param name="Evaluation">Whether the terms of evaluations apply instead of those of training.</param>
/// <param name="Late">Whether the terms that wait for the whole batch are asked for, or the others.</param>
internal sealed record ScoreWork(
    PreferencePair Pair, IReadOnlyList<JudgedReply> Replies, bool Evaluation, bool Late) : WorkPayload
{
    /// <inheritdoc/>
    public override WorkKind Kind => WorkKind.Score;
}

/// <summary>Apply one update of the policy.</summary>
/// <param name="Step">The step, from 1; the result is policy version Step.</param>
/// <param name="Batch">Where the scored traces are.</param>
/// <param name="From">Weights of version Step - 1, for a learner that does not hold them yet.</param>
/// <param name="Checkpoint">Whether to write a checkpoint after it.</param>
internal sealed record LearnWork(int Step, BlobReference Batch, WeightsReference From, bool Checkpoint) : SharedWork
{
    /// <inheritdoc/>
    public override WorkKind Kind => WorkKind.Learn;
}

/// <summary>Write a checkpoint of the last update, which was made without one.</summary>
/// <param name="Step">The update.</param>
internal sealed record SaveWork(int Step) : SharedWork
{
    /// <inheritdoc/>
    public override WorkKind Kind => WorkKind.Learn;
}
