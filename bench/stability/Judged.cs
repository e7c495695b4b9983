using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Stability;

/// <summary>A sampled judgment with its reward.</summary>
/// <param name="Pair">The pair that is judged.</param>
/// <param name="Trace">The sampled judgment of it.</param>
internal sealed record Judged(PreferencePair Pair, Trace Trace)
{
    private static readonly R1CompositionOptions Composition = new();

    private readonly Judgment _judgment = JudgmentParser.Parse(Trace.Text);

    internal Choice? Choice => _judgment.Choice;

    internal bool Right => Choice == Preferred;

    /// <summary>The response that the pair's label prefers.</summary>
    internal Choice Preferred =>
        Pair.Label == PreferenceLabel.First ? Data.Pairs.Choice.First : Data.Pairs.Choice.Second;

    /// <summary>Whether the analysis favours the answer; null for a reply that names no response.</summary>
    internal bool? Agrees => Choice is null ? null : RuleJudge.Agrees(ConsistencyQuestion.FromReply(Trace.Text));

    internal double Reward(bool consistency)
    {
        var verdict = !consistency || Agrees is not { } agrees ? ConsistencyVerdict.NotAsked
            : agrees ? ConsistencyVerdict.Consistent
            : ConsistencyVerdict.Inconsistent;
        return R1Composition.Total(Composition, _judgment, Pair.Label!.Value, verdict);
    }

    internal static double Accuracy(IReadOnlyCollection<Judged> judgments) =>
        judgments.Average(judged => judged.Right ? 1.0 : 0.0);

    /// <summary>
    /// Share of the readable judgments whose analysis favours their answer; 0 where none is readable.
    /// </summary>
    internal static double Agreement(IEnumerable<Judged> judgments)
    {
        var readable = judgments.Select(judged => judged.Agrees).OfType<bool>();
        return readable.Select(agrees => agrees ? 1.0 : 0.0).DefaultIfEmpty().Average();
    }
}
