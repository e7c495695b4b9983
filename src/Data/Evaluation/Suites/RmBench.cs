namespace R1Reward.Data.Evaluation.Suites;

/// <summary>
/// RM-Bench (Liu et al. 2024): of three styles each, every preferred reply against every rejected one. Hard are the
/// pairs whose preferred reply is the plainer one, normal those of one style, easy the others; a tie is wrong. A
/// domain's figure is the mean of the three, the last columns are means over the domains.
/// </summary>
/// <remarks>
/// The files of single domains name none: their rows are the one domain, under the name of their subset, and the mean
/// says of how many domains it is.
/// </remarks>
internal static class RmBench
{
    private static readonly string[] Domains = ["chat", "math", "code", "safety"];
    private static readonly string[] Levels = ["hard", "normal", "easy"];

    public static IEnumerable<SuiteFigure> Figures(IEnumerable<Outcome> outcomes)
    {
        var domains = outcomes
            .Select(outcome => (Parts: Split(outcome.Category), outcome.IsCorrect))
            .GroupBy(outcome => DomainOf(outcome.Parts.Domain))
            .ToDictionary(
                domain => domain.Key,
                domain => domain.ToLookup(outcome => outcome.Parts.Level, outcome => outcome.IsCorrect ? 1.0 : 0.0));
        var figures = Domains.Union(domains.Keys).Select(domain => new SuiteFigure(
            domain,
            domains.TryGetValue(domain, out var right) ? Levels.Average(level => Share(right[level])) : null));
        var isWhole = Domains.All(domains.ContainsKey) && domains.Count == Domains.Length;
        var mean = isWhole ? "average" : $"average of {domains.Count}";
        var levels = Levels
            .Select(level => new SuiteFigure(level, domains.Values.Average(domain => Share(domain[level]))))
            .ToList();
        return [.. figures, .. levels, new SuiteFigure(mean, levels.Average(level => level.Share))];
    }

    private static double? Share(IEnumerable<double> right) => right.Cast<double?>().Average();

    private static string DomainOf(string written) =>
        Array.Find(Domains, domain => written.StartsWith(domain, StringComparison.Ordinal)) ?? written;

    private static (string Domain, string Level) Split(string category)
    {
        var at = category.LastIndexOf('/');
        return at < 0 ? ("replies", category) : (category[..at], category[(at + 1)..]);
    }
}
