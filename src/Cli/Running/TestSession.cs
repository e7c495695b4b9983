using System.Diagnostics;
using System.Xml.Linq;
using R1Reward.Data;

namespace R1Reward.Cli.Running;

/// <summary>
/// Runs every test project, names each skipped test with its reason and each failed one with its message, and ends with
/// one line of counts.
/// </summary>
internal static class TestSession
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static async Task<int> RunAsync(string? filter, bool slow)
    {
        if (!File.Exists("R1Reward.sln"))
        {
            throw new UserErrorException(
                "R1Reward.sln: not in this folder. Run `./r1 test` in the folder of the sources.");
        }

        var results = Path.GetFullPath(Path.Combine(".r1", "tests"));
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        List<string> wanted = [];
        if (filter is not null)
        {
            wanted.Add($"({filter})");
        }

        if (!slow)
        {
            wanted.Add("(Category!=Slow)");
        }

        var failed = false;
        var projects = Directory.EnumerateFiles("tests", "*.csproj", SearchOption.AllDirectories).Where(IsTests);
        foreach (var project in projects.Order(StringComparer.Ordinal))
        {
            failed |= !await RunAsync(project, string.Join('&', wanted), results);
        }

        return Summarise(results) || failed ? 1 : 0;
    }

    private static bool IsTests(string project) => !project.Contains("Support");

    private static async Task<bool> RunAsync(string project, string filter, string results)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        string[] arguments =
        [
            "test", project, "-c", "Release", "--no-build", "--nologo", "-v", "quiet",
            "--logger", $"trx;LogFileName={Path.GetFileNameWithoutExtension(project)}.trx", "--results-directory",
            results,
            .. filter.Length > 0 ? new[] { "--filter", filter } : [],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    /// <summary>
    /// Prints the skips, the failures and the counts of a folder of TRX files; true when a test failed or none ran.
    /// </summary>
    public static bool Summarise(string results)
    {
        var tests = Directory.Exists(results)
            ? Directory.EnumerateFiles(results, "*.trx")
                .SelectMany(file => XDocument.Load(file).Descendants(Trx + "UnitTestResult"))
                .ToList()
            : [];
        var skipped = tests.Where(test => Outcome(test) == "NotExecuted").ToList();
        foreach (var test in skipped)
        {
            var reason = test.Descendants(Trx + "Message")
                .FirstOrDefault()?.Value ?? test.Descendants(Trx + "StdOut")
                .FirstOrDefault()?.Value ?? "no reason given";
            Console.WriteLine($"skipped: {(string?)test.Attribute("testName")}: {reason.Trim()}");
        }

        foreach (var test in tests.Where(test => Outcome(test) is not "NotExecuted" and not "Passed"))
        {
            Console.WriteLine(
                $"failed: {(string?)test.Attribute("testName")}: "
                + $"{test.Descendants(Trx + "Message").FirstOrDefault()?.Value.Trim() ?? Outcome(test)}");
        }

        var passed = tests.Count(test => Outcome(test) == "Passed");
        var failed = tests.Count - passed - skipped.Count;
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped.Count} skipped");
        return failed > 0 || passed == 0;
    }

    private static string Outcome(XElement test) => (string?)test.Attribute("outcome") ?? "";
}
