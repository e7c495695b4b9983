using R1Reward.Cli.Running;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

public sealed class TestSessionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Skipped_tests_are_named_with_their_reasons_and_all_are_counted_over_all_files()
    {
        Trx("a", ("A.One", "Passed", null), ("A.Two", "NotExecuted", "no CUDA device"));
        Trx("b", ("B.One", "Passed", null), ("B.Two", "Passed", null));

        var (bad, lines) = Summarise();

        Assert.False(bad);
        Assert.Equal(["skipped: A.Two: no CUDA device", "3 passed, 0 failed, 1 skipped"], lines);
    }

    [Fact]
    public void A_failed_test_fails_the_session()
    {
        Trx("a", ("A.One", "Passed", null), ("A.Two", "Failed", "Assert.Equal() Failure"));

        var (bad, lines) = Summarise();

        Assert.True(bad);
        Assert.Equal("1 passed, 1 failed, 0 skipped", lines[^1]);
    }

    [Fact]
    public void A_session_without_tests_is_a_failure()
    {
        var (bad, lines) = Summarise();

        Assert.True(bad);
        Assert.Equal("0 passed, 0 failed, 0 skipped", lines[^1]);
    }

    private (bool Bad, string[] Lines) Summarise()
    {
        var console = Console.Out;
        using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            var bad = TestSession.Summarise(_folder.Path);
            return (bad, output.ToString().TrimEnd().Split(Environment.NewLine));
        }
        finally
        {
            Console.SetOut(console);
        }
    }

    private void Trx(string name, params (string Name, string Outcome, string? Message)[] tests)
    {
        var results = tests.Select(test => $"""
              <UnitTestResult testName="{test.Name}" outcome="{test.Outcome}">
                <Output>{Failure(test.Message)}</Output>
              </UnitTestResult>
            """);
        File.WriteAllText(_folder.At(name + ".trx"), $"""
            <?xml version="1.0" encoding="utf-8"?>
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
            {string.Join('\n', results)}
            </Results></TestRun>
            """);
    }

    private static string Failure(string? message) =>
        message is null ? "" : $"<ErrorInfo><Message>{message}</Message></ErrorInfo>";
}
