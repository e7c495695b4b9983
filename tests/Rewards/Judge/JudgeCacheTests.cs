using R1Reward.Data;
using R1Reward.Rewards.Judge;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Judge;

public sealed class JudgeCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_question_is_asked_once_and_a_repetition_again()
    {
        await using var server = await Counting();
        using var client = Client(server, new JudgeOptions());

        var first = await client.AskAsync(new JudgePrompt("rules", "a"));
        var again = await client.AskAsync(new JudgePrompt("rules", "a"));
        var repeated = await client.AskAsync(new JudgePrompt("rules", "a") { Repetition = 1 });
        var cooler = await client.AskAsync(new JudgePrompt("rules", "a") { Temperature = 0 });

        Assert.Equal(("1", false, 1), (first.Text, first.Cached, first.Attempts));
        Assert.Equal(("1", true, 0), (again.Text, again.Cached, again.Attempts));
        Assert.Equal(("2", "3"), (repeated.Text, cooler.Text));
    }

    [Fact]
    public async Task The_least_used_reply_goes_first()
    {
        await using var server = await Counting();
        using var client = Client(server, new JudgeOptions { CacheEntries = 2 });

        foreach (
            var (question, reply) in new[] { ("a", "1"), ("b", "2"), ("a", "1"), ("c", "3"), ("a", "1"), ("b", "4") })
        {
            Assert.Equal(reply, (await client.AskAsync(new JudgePrompt("", question))).Text);
        }
    }

    [Fact]
    public async Task Replies_on_disk_serve_the_next_run_and_a_broken_file_is_asked_again()
    {
        await using var server = await Counting();
        var options = new JudgeOptions { CacheEntries = 0, CacheFolder = _folder.At("cache"), Model = "m" };
        using (var client = Client(server, options))
        {
            await client.AskAsync(new JudgePrompt("", "a"));
        }

        using var next = Client(server, options);
        Assert.True((await next.AskAsync(new JudgePrompt("", "a"))).Cached);

        var file = Assert.Single(Directory.GetFiles(_folder.At("cache"), "*", SearchOption.AllDirectories));
        File.WriteAllText(file, File.ReadAllText(file)[..5]);
        Assert.Equal("2", (await next.AskAsync(new JudgePrompt("", "a"))).Text);
        using var other = Client(server, options with { Model = "n" });
        Assert.Equal("3", (await other.AskAsync(new JudgePrompt("", "a"))).Text);
    }

    [Fact]
    public async Task Failures_are_not_kept()
    {
        await using var server = await ScriptedServer.StartAsync(
            (n, context) => n == 1 ? ScriptedServer.Refuse(context, 500) : ScriptedServer.Say(context, "1"));
        using var client = Client(server, new JudgeOptions { MaxAttempts = 1 });

        Assert.NotNull((await client.AskAsync(new JudgePrompt("", "a"))).Failure);
        Assert.Equal(
            ("1", false),
            (await client.AskAsync(new JudgePrompt("", "a"))) is var reply ? (reply.Text, reply.Cached) : default);
    }

    [Fact]
    public void A_folder_wants_the_model_named() =>
        Assert.Contains(
            "judge.model",
            Assert.Throws<UserErrorException>(
                () => Client(new Uri("http://127.0.0.1/v1"), new JudgeOptions { CacheFolder = _folder.Path })).Message);

    private static Task<ScriptedServer> Counting() =>
        ScriptedServer.StartAsync((n, context) => ScriptedServer.Say(context, $"{n}"));

    private static OpenAiJudgeClient Client(ScriptedServer server, JudgeOptions options) =>
        Client(server.Endpoint, options);

    private static OpenAiJudgeClient Client(Uri endpoint, JudgeOptions options) =>
        new(options with { Endpoints = [endpoint] }, TimeProvider.System);
}
