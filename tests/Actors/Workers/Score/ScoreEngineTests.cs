using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.Judge;
using R1Reward.Actors.Workers.Score;
using R1Reward.Data;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.Score;

public sealed class ScoreEngineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_judge_that_refuses_the_key_ends_a_run_whose_terms_ask_it_at_its_start()
    {
        var options = new JudgeServerOptions { ApiKey = "k" };
        await using var judge = await JudgeServer.StartAsync(options, TimeProvider.System);
        var settings = Settings(
            "terms = [ { type = rank, of { type = yes-no } } ]", $"r1reward.judge.endpoints=[{judge.Endpoint}]");

        var error = await Assert.ThrowsAsync<UserErrorException>(
            () => ScoreEngine.StartAsync(settings, TimeProvider.System));

        Assert.Contains("answered 401", error.Message);
        Assert.Equal(0, judge.Completions);
    }

    [Fact]
    public async Task Terms_that_ask_no_judge_need_none()
    {
        var settings = Settings("terms = [ { type = format } ]", "r1reward.judge.endpoints=[http://127.0.0.1:1/v1]");

        await using var engine = await ScoreEngine.StartAsync(settings, TimeProvider.System);

        Assert.NotEqual(0, engine.Capacity);
    }

    [Theory]
    [InlineData(JudgeFailurePolicy.Pause, true, 7)]
    [InlineData(JudgeFailurePolicy.WithoutBonus, false, 2)]
    public async Task While_the_judge_is_away_terms_wait_or_go_without_it_as_set(
        JudgeFailurePolicy policy, bool answered, int attempts)
    {
        var failure = new JudgeFailure(JudgeFailureKind.Unreachable, "nobody listens");
        var away = new JudgeReply(null, failure, 2, TimeSpan.FromSeconds(1));
        var judge = new Replies(away, away, away, new JudgeReply("1", null, 1, TimeSpan.FromSeconds(1)));

        var options = new JudgeOptions { OnFailure = policy, BreakFor = TimeSpan.FromMilliseconds(1) };
        using var patient = new PatientJudge(judge, options, TimeProvider.System);

        var reply = await patient.AskAsync(new JudgePrompt("", "q"));

        Assert.Equal((answered, attempts), (reply.Failure is null, reply.Attempts));
    }

    [Fact]
    public async Task A_refusal_of_the_judge_ends_the_run()
    {
        var refusal = new JudgeFailure(JudgeFailureKind.Rejected, "no such model");
        var judge = new Replies(new JudgeReply(null, refusal, 1, TimeSpan.Zero));
        using var patient = new PatientJudge(judge, new JudgeOptions(), TimeProvider.System);

        var error = await Assert.ThrowsAsync<UserErrorException>(() => patient.AskAsync(new JudgePrompt("", "q")));

        Assert.Contains("no such model", error.Message);
    }

    [Fact]
    public void Every_pair_of_a_file_is_looked_at_before_the_run_starts()
    {
        var data = _folder.At("pairs.jsonl");
        File.WriteAllLines(data, Enumerable.Range(0, 1500).Select(i =>
        {
            var reference = i == 1234 ? "" : ",\"reference\":\"1\"";
            return $$"""
                {"id":"p{{i}}","question":"q{{i}}","response1":"a","response2":"b","label":"first"{{reference}}}
                """;
        }));
        var settings = Settings(
            "terms = [ { type = maths } ]",
            "r1reward.data.source=file",
            $"r1reward.data.train={data}",
            $"r1reward.data.heldout={data}",
            "r1reward.eval.pairs=1");
        var pairs = new FilePairs(settings);
        using var rewards = new RunRewards(
            settings, options => new OpenAiJudgeClient(options, TimeProvider.System), TimeProvider.System);

        var error = Assert.Throws<UserErrorException>(() => rewards.Check(pairs, pairs.DistinctPrompts));

        Assert.Contains("p1234", error.Message);
        Assert.Contains("\"reference\"", error.Message);
    }

    private RunSettings Settings(string rewards, params string[] more)
    {
        var path = _folder.At("test.conf");
        File.WriteAllText(path, $"r1reward.rewards {{ consistency = off, {rewards} }}\n");
        string[] settings = [.. TinyRunSettings.For("unused", 1), "r1reward.judge.max-attempts=1", .. more];
        return RunSettings.Read(Configurations.Load(path, settings, _ => null).Reader());
    }

    private sealed class Replies(params JudgeReply[] replies) : IJudgeClient
    {
        private int _next;

        public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default) =>
            Task.FromResult(replies[_next++]);
    }
}
