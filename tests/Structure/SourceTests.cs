using R1Reward.Tests.Support;

namespace R1Reward.Structure.Tests;

/// <summary>The sources' outer form, where it can be counted (CONTRIBUTING.md).</summary>
public sealed class SourceTests
{
    private const int MaxColumns = 120;
    private const int MaxLines = 350;
    private const int MaxMedianLines = 50;
    private const int MinSummaryWords = 4;

    private static readonly string[] Folders = ["src", "tests", "bench", "examples"];

    [Fact]
    public void Lines_end_by_column_120() => AssertNone(
        from source in Sources(Folders)
        from line in source.Lines.Index()
        where line.Item.Length > MaxColumns
        select $"{source.Name}:{line.Index + 1}: {line.Item.Length} columns");

    [Fact]
    public void Lines_of_configurations_projects_and_of_the_code_that_docs_show_end_by_column_120() => AssertNone(
        from page in Files("hocon", "*.conf")
            .Concat(Files("src", "*.csproj"))
            .Concat(Files("eng", "*.targets"))
            .Concat(Files("docs", "*.md").Concat(Files("", "*.md")).Select(CodeOf))
        from line in page.Lines.Index()
        where line.Item.Length > MaxColumns
        select $"{page.Name}:{line.Index + 1}: {line.Item.Length} columns");

    [Fact]
    public void Files_have_at_most_350_lines() => AssertNone(
        from source in Sources(Folders)
        where source.Lines.Length > MaxLines
        select $"{source.Name}: {source.Lines.Length} lines");

    [Fact]
    public void Half_of_the_source_files_have_less_than_50_lines()
    {
        var lengths = Sources("src").Select(source => source.Lines.Length).Order().ToList();

        Assert.InRange(lengths[lengths.Count / 2], 1, MaxMedianLines - 1);
    }

    [Fact]
    public void A_summary_says_more_than_a_name() => AssertNone(
        from source in Sources("src")
        from line in source.Lines.Index()
        let summary = Between(line.Item, "<summary>", "</summary>")
        where summary is not null && summary.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length < MinSummaryWords
        select $"{source.Name}:{line.Index + 1}: {summary}");

    [Fact]
    public void Tests_are_named_by_sentences_with_underscores() => AssertNone(
        from source in Sources("tests")
        from line in source.Lines.Index()
        where line.Item.TrimStart().StartsWith("[Fact", StringComparison.Ordinal)
            || line.Item.TrimStart().StartsWith("[Theory", StringComparison.Ordinal)
        let name = source.Lines.Skip(line.Index).FirstOrDefault(
            next => next.TrimStart().StartsWith("public ", StringComparison.Ordinal)) ?? ""
        where !name[..(name.IndexOf('(', StringComparison.Ordinal) + 1)].Contains('_', StringComparison.Ordinal)
        select $"{source.Name}:{line.Index + 1}: {name.Trim()}");

    private static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, $"{all.Count} found:\n{string.Join('\n', all)}");
    }

    private static string? Between(string line, string start, string end)
    {
        var from = line.IndexOf(start, StringComparison.Ordinal);
        var to = line.IndexOf(end, StringComparison.Ordinal);
        return from >= 0 && to > from ? line[(from + start.Length)..to] : null;
    }

    // Rows of data, requests and replies are shown as they are, whatever their length; the rest of a page is no code.
    private static SourceFile CodeOf(SourceFile page)
    {
        string[] code = ["csharp", "hocon", "bash"];
        var language = "";
        var lines = page.Lines.Select(line =>
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                language = line[3..];
            }

            return code.Contains(language) ? line : "";
        });
        return page with { Lines = [.. lines] };
    }

    private static IEnumerable<SourceFile> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, folder), pattern)
            .Select(file => new SourceFile(
                Path.GetRelativePath(Fixtures.Repository, file), File.ReadAllLines(file)));

    private static IEnumerable<SourceFile> Sources(params string[] folders) =>
        from folder in folders
        let path = Path.Combine(Fixtures.Repository, folder)
        from file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Fixtures.Repository, file)
        where !name.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")
        select new SourceFile(name, File.ReadAllLines(file));

    private sealed record SourceFile(string Name, string[] Lines);
}
