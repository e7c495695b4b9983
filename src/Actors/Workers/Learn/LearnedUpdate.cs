using R1Reward.Actors.Protocol;
using R1Reward.Policy.Advantages;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// The update that a learner made last, for a coordinator that took over before it heard of it: it has the same prompts
/// sampled again by the same seeds.
/// </summary>
/// <param name="Step">The update.</param>
/// <param name="Batch">What was learned from.</param>
/// <param name="Result">
/// What came of it, without a checkpoint; null on a rank whose weights another one of its process serves.
/// </param>
internal sealed record LearnedUpdate(int Step, IReadOnlyList<ScoredTrace> Batch, LearnResult? Result)
{
    /// <summary>
    /// Whether this is an update of the same traces with the same rewards. Log-probabilities may differ in their last
    /// digits, for they depend on what was sampled beside a trace.
    /// </summary>
    public bool IsOf(int step, IReadOnlyList<ScoredTrace> batch) =>
        step == Step && batch.Count == Batch.Count && batch.Zip(Batch).All(pair => AreSame(pair.First, pair.Second));

    private static bool AreSame(ScoredTrace one, ScoredTrace other) =>
        one.Trace.Id == other.Trace.Id
        && one.Trace.Tokens.SequenceEqual(other.Trace.Tokens)
        && one.Reward.Equals(other.Reward)
        && one.Terms.SequenceEqual(other.Terms);
}
