using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace R1Reward.Cli.Tests.Documentation;

/// <summary>The requests of docs/serving.md are sent to the servers that it starts, and answered as it says.</summary>
public sealed class DocumentedRequestsTests(CommandFolder folder) : IClassFixture<CommandFolder>
{
    private const string Rewards = "http://127.0.0.1:20240/";

    private static readonly IReadOnlyList<DocumentedCommand> Requests =
        [.. DocumentedCommand.All.Where(command => command.IsRequest)];

    [Fact]
    public async Task Rewards_are_what_the_page_says()
    {
        await using var server = await ServedCommand.StartAsync(
            ["serve", "rewards", "--config", "my.conf", "--dataset", "rl.jsonl"]);
        var asked = Requests.Where(request => request.Text.Contains(Rewards)).ToList();

        Assert.NotEmpty(asked);
        foreach (var request in asked)
        {
            // The page shortens what it repeats to three dots.
            var shown = Regex.Escape(request.Reply).Replace(@"\.\.\.", ".*", StringComparison.Ordinal);
            Assert.Matches($"^{shown}$", await server.CurlAsync(request.Text));
        }
    }

    [Fact]
    public async Task A_model_answers_the_chat_request_in_the_form_that_the_page_shows()
    {
        await using var server = await ServedCommand.StartAsync(
            ["serve", "grm", "--model", "DIR", "--name", "step-20", "--max-new-tokens", "4", "--device", "cpu"]);
        var request = Assert.Single(Requests, request => !request.Text.Contains(Rewards));

        var shown = JObject.Parse(request.Reply);
        var answer = JObject.Parse(await server.CurlAsync(request.Text));

        Assert.NotNull(folder);
        Assert.Equal(Names(shown), Names(answer));
        Assert.Equal(Names(shown["choices"]![0]!), Names(answer["choices"]![0]!));
    }

    private static IEnumerable<string> Names(JToken json) =>
        ((JObject)json).Properties().Select(property => property.Name);
}
