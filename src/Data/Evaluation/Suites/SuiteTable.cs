using R1Reward.Data.Evaluation.Ranking;

namespace R1Reward.Data.Evaluation.Suites;

/// <summary>A benchmark's figures as its publishers give them: the same split, columns and order.</summary>
/// <param name="Figures">The columns from left to right.</param>
public sealed record SuiteTable(IReadOnlyList<SuiteFigure> Figures)
{
    private static readonly string[] MmRlhf = ["mcq", "long", "short", "safety", "video"];

    // Columns of Multimodal RewardBench after the first one.
    private static readonly string[] Multimodal =
    [
        "general/correctness", "general/preference", "knowledge", "reasoning/math", "reasoning/coding", "safety/bias",
        "safety/toxicity", "vqa",
    ];

    /// <summary>Names of the benchmarks that have a table.</summary>
    public static IReadOnlyList<string> Suites { get; } =
        ["vl-rewardbench", "mm-rlhf", "multimodal-rewardbench", "rewardbench2", "rm-bench", "judgebench"];

    /// <summary>The value of a column; null where nothing was counted, or there is no such column.</summary>
    public double? this[string name] => Figures.FirstOrDefault(figure => figure.Name == name)?.Share;

    /// <summary>The table of a benchmark; null for a suite that is none.</summary>
    /// <param name="suite">Its name, one of <see cref="Suites"/>.</param>
    /// <param name="results">
    /// The results of all its pairs; those that could not be shown to the model are passed over.
    /// </param>
    /// <param name="ties">What an even vote means.</param>
    public static SuiteTable? Compute(
        string suite, IReadOnlyList<PairResult> results, TieRule ties = TieRule.None)
    {
        var shown = results.Where(result => result.Problem is null).ToList();
        return suite switch
        {
            "vl-rewardbench" => new SuiteTable(
                [.. Columns(Report(), ["general", "hallucination", "reasoning"]), Overall(), Macro()]),
            "mm-rlhf" => new SuiteTable([.. Columns(Report(), MmRlhf), Overall(), AccPlus()]),
            "multimodal-rewardbench" => new SuiteTable([Overall(), .. Columns(Report(), Multimodal)]),
            "rewardbench2" => new SuiteTable([.. RewardBench2.Figures(RatedReplies.Join(results))]),
            "rm-bench" => new SuiteTable([.. RmBench.Figures(Outcomes())]),
            "judgebench" => new SuiteTable([.. JudgeBench.Figures(shown, ties)]),
            _ => null,
        };

        IEnumerable<Outcome> Outcomes() => shown.SelectMany(result => result.Outcomes(ties));

        SuiteReport Report() => SuiteReport.Compute(Outcomes());

        SuiteFigure Overall() => new("overall", Report().Overall.Accuracy);

        SuiteFigure Macro() => new("macro", Report().Macro);

        SuiteFigure AccPlus() => new("ACC+", Report().Overall.AccPlus);
    }

    private static IEnumerable<SuiteFigure> Columns(SuiteReport report, string[] categories) =>
        categories.Select(category => new SuiteFigure(category, report[category]?.Accuracy));
}
