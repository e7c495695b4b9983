using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Watch;

/// <summary>Figures of a batch that show whether the reward still measures what it is meant to. A figure that nothing was counted for is left out.</summary>
public static class RewardWatch
{
    /// <summary>
    /// The figures by name. Per term <c>reward/NAME</c> (mean of the raw values) and <c>reward/NAME/unknown</c> (share without
    /// one, where there are any); under <c>watch/</c>: <c>length-correlation</c> and <c>position-correlation</c> of the total with
    /// tokens and with naming the first response (and of each term, <c>.../NAME</c>, where there are several), <c>first-share</c> (of the choices) and <c>first-excess</c> (that, less the share of labels on the
    /// first), <c>tie-share</c> (replies that call it a tie), <c>undecided-share</c> (of the judge's verdicts), <c>unreadable-share</c>,
    /// <c>judge-agreement</c> (share of verdicts that are consistent exactly where the choice is right), <c>repetition</c> and
    /// <c>reflections</c> (means of <see cref="TextStatistics"/>).
    /// </summary>
    public static Dictionary<string, double> Figures(IReadOnlyList<WatchedTrace> traces)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        if (traces.Count == 0)
        {
            return figures;
        }

        var several = traces[0].Terms.Count > 1;
        foreach (var term in traces.SelectMany(trace => trace.Terms).GroupBy(term => term.Name))
        {
            var known = term.Select(score => score.Value).OfType<double>().ToList();
            Add($"reward/{term.Key}", known.Count == 0 ? null : known.Average());
            Add($"reward/{term.Key}/unknown", known.Count == term.Count() ? null : 1.0 - (known.Count / (double)term.Count()));
            if (several)
            {
                AddCorrelations("/" + term.Key, [.. traces.SelectMany(trace => trace.Terms
                    .Where(score => score.Name == term.Key && score.Value is not null).Select(score => (trace, score.Value!.Value)))]);
            }
        }

        var chosen = traces.Where(trace => trace.Judgment.Choice is not null).ToList();
        var labelled = chosen.Where(trace => trace.Label is PreferenceLabel.First or PreferenceLabel.Second).ToList();
        var asked = traces.Where(trace => trace.Verdict != ConsistencyVerdict.NotAsked).ToList();
        var judged = asked.Where(trace => trace.Verdict != ConsistencyVerdict.Undecided && trace.Label is not null).ToList();
        AddCorrelations("", [.. traces.Select(trace => (trace, trace.Total))]);
        Add("watch/first-share", Share(chosen, trace => trace.Judgment.Choice == Choice.First));
        Add("watch/first-excess", Share(labelled, trace => trace.Judgment.Choice == Choice.First) - Share(labelled, trace => trace.Label == PreferenceLabel.First));
        Add("watch/tie-share", Share(traces, trace => AnswerPhrases.LastTag(trace.Text) is { } answer && AnswerPhrases.Read(answer) == PreferenceLabel.Tie));
        Add("watch/unreadable-share", Share(traces, trace => trace.Judgment.Status == JudgmentStatus.Invalid));
        Add("watch/undecided-share", Share(asked, trace => trace.Verdict == ConsistencyVerdict.Undecided));
        Add("watch/judge-agreement", Share(judged, trace => (trace.Verdict == ConsistencyVerdict.Consistent) == trace.Right));
        Add("watch/repetition", traces.Average(trace => TextStatistics.RepeatScore(trace.Text)));
        Add("watch/reflections", traces.Average(trace => (double)TextStatistics.ReflectionWords(trace.Text).Values.Sum()));
        return figures;

        void AddCorrelations(string term, IReadOnlyList<(WatchedTrace Trace, double Value)> rewards)
        {
            Add("watch/length-correlation" + term, Correlation.Of([.. rewards.Select(reward => (double)reward.Trace.Tokens)], [.. rewards.Select(reward => reward.Value)]));
            var placed = rewards.Where(reward => reward.Trace.Judgment.Choice is not null).ToList();
            Add("watch/position-correlation" + term, Correlation.Of([.. placed.Select(reward => First(reward.Trace))], [.. placed.Select(reward => reward.Value)]));
        }

        void Add(string name, double? value)
        {
            if (value is { } known)
            {
                figures[name] = known;
            }
        }
    }

    private static double First(WatchedTrace trace) => trace.Judgment.Choice == Choice.First ? 1.0 : 0.0;

    private static double? Share(IReadOnlyCollection<WatchedTrace> traces, Func<WatchedTrace, bool> holds) =>
        traces.Count == 0 ? null : traces.Count(holds) / (double)traces.Count;
}
