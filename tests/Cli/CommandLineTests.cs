using System.CommandLine;
using System.Text;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

/// <summary>
/// The commands and options are what users' scripts depend on: a change of CommandLine.approved.txt is a decision.
/// </summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Commands => [.. Walk(Entry.Root(), "").Select(entry => entry.Path)];

    [Fact]
    public void Commands_and_options_are_the_approved_ones()
    {
        var text = new StringBuilder();
        foreach (var (path, command) in Walk(Entry.Root(), ""))
        {
            var symbols = command.Arguments.Select(argument => $"<{argument.Name}>").Concat(
                command.Options.Where(option => option.Name is not ("--help" or "--version")).Select(Signature));
            text.AppendLine(string.Join("\n  ", symbols.Prepend($"r1reward {path}".TrimEnd())));
        }

        var received = Path.Combine(AppContext.BaseDirectory, "CommandLine.received.txt");
        File.WriteAllText(received, text.ToString());

        var approved = File.ReadAllText(Path.Combine(Fixtures.Repository, "tests", "Cli", "CommandLine.approved.txt"));
        Assert.True(
            approved == text.ToString(),
            $"the command line has changed; if it should, copy {received} over "
            + $"tests/Cli/CommandLine.approved.txt:\n{text}");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help_with_every_option_described(string path)
    {
        var help = await Invocation.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Contains("Usage:", help.Output);
        Assert.DoesNotContain("None]", help.Output);
        Assert.All(
            Walk(Entry.Root(), "").Single(entry => entry.Path == path).Command.Options,
            option => Assert.False(string.IsNullOrEmpty(option.Description), option.Name));
    }

    [Fact]
    public async Task Help_is_shown_without_a_command_and_for_one_by_name()
    {
        var bare = await Invocation.RunAsync();
        var vote = await Invocation.RunAsync("help", "vote");

        Assert.Equal((0, await Help()), (bare.ExitCode, bare.Output));
        Assert.Equal((0, await Help("vote")), (vote.ExitCode, vote.Output));
        Assert.Contains("vote", bare.Output);
        Assert.Contains("--question", vote.Output);

        static async Task<string> Help(params string[] command) =>
            (await Invocation.RunAsync([.. command, "--help"])).Output;
    }

    [Theory]
    [InlineData("vote", "--model", "m", "--data", "rows.jsonl")]
    [InlineData("eval", "--model", "m", "--suite", "rm-bench", "--data", "rows.jsonl")]
    [InlineData("train", "--config", "my.conf")]
    [InlineData("data", "validate", "rows.jsonl")]
    public async Task A_format_is_named_as_in_a_configuration(params string[] command)
    {
        var mistaken = await Invocation.RunAsync([.. command, "--format", "rm-benc"]);
        var known = await Invocation.RunAsync([.. command, "--format", "rm-bench"]);

        Assert.Contains("--format rm-benc: write one of auto, pairs, r1-reward,", mistaken.Mistake());
        Assert.DoesNotContain("--format", known.Error);
    }

    private static string Signature(Option option) => option.Name + (option.Required ? " (required)" : "");

    private static IEnumerable<(string Path, Command Command)> Walk(Command command, string path) =>
        command.Subcommands.SelectMany(sub => Walk(sub, $"{path} {sub.Name}".Trim())).Prepend((path, command));
}
