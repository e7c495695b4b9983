using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Watch;

/// <summary>
/// Figures of a batch that show whether the reward still measures what it is meant to. A figure that nothing was
/// counted for is left out.
/// </summary>
public static class RewardWatch
{
    /// <summary>
    /// The figures by name. Per term <c>reward/NAME</c> (mean of the raw values) and <c>reward/NAME/unknown</c> (share
    /// without one, where there are any); under <c>watch/</c>: <c>length-correlation</c> and
    /// <c>position-correlation</c> of the total with tokens and with naming the first response (and of each term,
    /// <c>.../NAME</c>, where there are several), <c>first-share</c> (of the choices) and <c>first-excess</c> (that,
    /// less the share of labels on the first), <c>tie-share</c> (replies that call it a tie), <c>undecided-share</c>
    /// (of the judge's verdicts), <c>unreadable-share</c>, <c>judge-agreement</c> (share of verdicts that are
    /// consistent exactly where the choice is right), <c>repetition</c> and <c>reflections</c> (means of
    /// <see cref="TextStatistics"/>).
    /// </summary>
    public static Dictionary<string, double> Figures(IReadOnlyList<WatchedTrace> traces)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        if (traces.Count > 0)
        {
            AddTerms(figures, traces);
            var rewarded = traces.Where(trace => trace.Total is not null);
            AddCorrelations(figures, "", [.. rewarded.Select(trace => (trace, trace.Total!.Value))]);
            AddChoices(figures, traces);
            AddVerdicts(figures, traces);
            var substrings = new SubstringCounter();
            figures["watch/repetition"] = traces.Average(trace => TextStatistics.RepeatScore(trace.Text, substrings));
            figures["watch/reflections"] = traces.Average(Reflections);
        }

        return figures;
    }

    private static void AddTerms(Dictionary<string, double> figures, IReadOnlyList<WatchedTrace> traces)
    {
        var several = traces[0].Terms.Count > 1;
        var scores = traces.SelectMany(trace => trace.Terms.Select(score => (Trace: trace, Score: score)));
        foreach (var term in scores.GroupBy(scored => scored.Score.Name))
        {
            var all = term.ToList();
            var known = all
                .Where(scored => scored.Score.Value is not null)
                .Select(scored => (scored.Trace, scored.Score.Value!.Value))
                .ToList();
            if (known.Count > 0)
            {
                figures[$"reward/{term.Key}"] = known.Average(scored => scored.Value);
            }

            if (known.Count < all.Count)
            {
                figures[$"reward/{term.Key}/unknown"] = 1.0 - (known.Count / (double)all.Count);
            }

            if (several)
            {
                AddCorrelations(figures, "/" + term.Key, known);
            }
        }
    }

    private static void AddCorrelations(
        Dictionary<string, double> figures, string term, IReadOnlyList<(WatchedTrace Trace, double Value)> rewards)
    {
        var placed = rewards.Where(reward => reward.Trace.Chooses).ToList();
        Add(figures, "watch/length-correlation" + term, With(rewards, trace => trace.Tokens));
        Add(figures, "watch/position-correlation" + term, With(placed, trace => trace.ChoosesFirst ? 1.0 : 0.0));
    }

    private static double? With(
        IReadOnlyList<(WatchedTrace Trace, double Value)> rewards, Func<WatchedTrace, double> property) =>
        Correlation.Pearson(
            [.. rewards.Select(reward => property(reward.Trace))],
            [.. rewards.Select(reward => reward.Value)]);

    private static void AddChoices(Dictionary<string, double> figures, IReadOnlyList<WatchedTrace> traces)
    {
        var chosen = traces.Where(trace => trace.Chooses).ToList();
        var labelled = chosen.Where(trace => trace.Label is PreferenceLabel.First or PreferenceLabel.Second).ToList();
        var labels = Share(labelled, trace => trace.Label == PreferenceLabel.First);
        Add(figures, "watch/first-share", Share(chosen, trace => trace.ChoosesFirst));
        Add(figures, "watch/first-excess", Share(labelled, trace => trace.ChoosesFirst) - labels);
        Add(figures, "watch/tie-share", Share(traces, CallsATie));
        Add(figures, "watch/unreadable-share", Share(traces, trace => !trace.Chooses));
    }

    private static void AddVerdicts(Dictionary<string, double> figures, IReadOnlyList<WatchedTrace> traces)
    {
        var asked = traces.Where(trace => trace.Verdict != ConsistencyVerdict.NotAsked).ToList();
        var decided = asked.Where(trace => trace.Verdict != ConsistencyVerdict.Undecided);
        var judged = decided.Where(trace => trace.Label is not null).ToList();
        Add(figures, "watch/undecided-share", Share(asked, trace => trace.Verdict == ConsistencyVerdict.Undecided));
        Add(figures, "watch/judge-agreement", Share(judged, Agrees));
    }

    private static void Add(Dictionary<string, double> figures, string name, double? value)
    {
        if (value is { } known)
        {
            figures[name] = known;
        }
    }

    private static double? Share(IReadOnlyCollection<WatchedTrace> traces, Func<WatchedTrace, bool> holds) =>
        traces.Count == 0 ? null : traces.Count(holds) / (double)traces.Count;

    private static bool CallsATie(WatchedTrace trace) =>
        AnswerPhrases.LastTag(trace.Text) is { } answer && AnswerPhrases.Read(answer) == PreferenceLabel.Tie;

    private static bool Agrees(WatchedTrace trace) =>
        (trace.Verdict == ConsistencyVerdict.Consistent) == trace.Right;

    private static double Reflections(WatchedTrace trace) => TextStatistics.ReflectionWords(trace.Text).Values.Sum();
}
