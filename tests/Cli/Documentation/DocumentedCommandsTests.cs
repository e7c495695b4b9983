using System.Diagnostics;
using R1Reward.Actors.Configuration;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Tests.Support;
using static R1Reward.Cli.Tests.Documentation.CommandCheck;

namespace R1Reward.Cli.Tests.Documentation;

/// <summary>Every command in README.md and docs/ is run, or at least parsed where it cannot be run here.</summary>
public sealed class DocumentedCommandsTests(CommandFolder folder) : IClassFixture<CommandFolder>
{
    private static readonly IReadOnlyList<DocumentedCommand> Told =
        [.. DocumentedCommand.All.Where(command => !command.IsRequest)];

    public static TheoryData<string> Commands => [.. Told.Select(command => command.Text)];

    [Fact]
    public void Every_command_has_its_check_and_no_check_is_left_over() => Assert.Equal(
        Told.Select(command => command.Text).Order(StringComparer.Ordinal),
        CommandTable.Checks.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_does_what_the_page_says(string text)
    {
        var own = text.Split("&&")[^1].Trim();
        string[] words = [.. DocumentedCommand.Words(own).Skip(1)];
        switch (CommandTable.Checks[text])
        {
            case Run run:
                await RunAsync([.. words, .. run.More]);
                break;
            case TinyRun tiny:
                var name = $"tiny-{words[^1].GetHashCode(StringComparison.Ordinal):x}";
                var settings = folder.Tiny(name)
                    .Where(setting => setting.Key != "r1reward.model.template")
                    .SelectMany(setting => new[] { "--set", $"{setting.Key}={setting.Value}" });
                await RunAsync([.. words, "--plain", .. settings, .. tiny.More]);
                break;
            case Taught:
                await using (var teacher = await JudgeServer.StartAsync(new JudgeServerOptions(), TimeProvider.System))
                {
                    await RunAsync([.. words, "--set", $"r1reward.judge.endpoints=[\"{teacher.Endpoint}\"]"]);
                }

                break;
            case Parsed:
                Parse(words);
                break;
            case Fragment when words[0] != "...":
                Assert.Empty(Entry.Root().Parse(words).UnmatchedTokens);
                break;
            case Served served:
                await using (var server = await ServedCommand.StartAsync(words))
                {
                    Assert.StartsWith("{", await server.GetAsync(served.Path));
                }

                break;
            case Shell:
                Assert.Equal(0, Bash(text));
                Assert.Equal(0, Bash("test -s pairs.jsonl"));
                break;
            case Script script:
                var file = Path.Combine(Fixtures.Repository, script.File);
                Assert.True(File.Exists(file), file);
                Assert.True(Path.HasExtension(file) || Bash($"bash -n '{file}'") == 0, file);
                break;
        }
    }

    [Fact]
    public void A_command_ends_with_its_quotes_and_leaves_its_comment_out()
    {
        const string page =
            "a `./r1 x` b\n```\n./r1 vote --question \"a # b\"   # judges\ncurl u -d '{\n \"a\": 1}'\n{}\n```\n";
        var commands = DocumentedCommand.On("p", page).ToList();

        Assert.Equal(
            ["./r1 vote --question \"a # b\"", "curl u -d '{\n \"a\": 1}'", "./r1 x"],
            commands.Select(one => one.Text));
        Assert.Equal("{}", commands[1].Reply);
        Assert.Equal(["curl", "u", "-d", "{\n \"a\": 1}"], DocumentedCommand.Words(commands[1].Text));
        Assert.Equal(["./r1", "vote", "--question", "a # b"], DocumentedCommand.Words(commands[0].Text));
    }

    private static async Task RunAsync(string[] words)
    {
        var ended = await Invocation.RunAsync(words);
        Assert.True(ended.ExitCode == 0, $"{string.Join(' ', words)}\n{ended.Error}\n{ended.Output}");
    }

    private static void Parse(string[] words)
    {
        string[] filled = [.. words.Select(word => word switch { "N" => "1", "FILE" => "my.conf", _ => word })];
        var parsed = Entry.Root().Parse(filled);
        Assert.Empty(parsed.Errors);
        if (Array.IndexOf(filled, "--config") is var at and >= 0)
        {
            var set = filled.Index().Where(word => word.Index > 0 && filled[word.Index - 1] == "--set");
            Assert.NotEmpty(Configurations.Load(filled[at + 1], [.. set.Select(word => word.Item)], _ => null).Print());
        }
    }

    private static int Bash(string command)
    {
        using var bash = Process.Start("bash", ["-c", command])!;
        bash.WaitForExit();
        return bash.ExitCode;
    }
}
