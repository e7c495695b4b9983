using System.Text;
using Newtonsoft.Json;
using JsonException = System.Text.Json.JsonException;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Actors.Tests.Protocol;

public sealed class WireJsonTests
{
    private static readonly WorkKey Key = new(2, WorkId.Rollout(BatchId.ForStep(1), 0), 1);

    [Fact]
    public void Work_of_every_kind_survives_the_wire()
    {
        var blob = new BlobReference("w", "http://127.0.0.1:1/blobs/w", [new BlobFile("a", 5, "00")]);
        var weights = new WeightsReference(new PolicyVersion(3), blob);
        var pair = new PreferencePair
        {
            Id = new PairId("p"),
            Question = "q",
            Response1 = "a",
            Response2 = "b",
            Label = PreferenceLabel.Second,
        };
        WorkPayload[] payloads =
        [
            new SftWork(weights),
            new SrmWork(weights),
            new RolloutWork(pair, 2, long.MinValue, true, weights),
            new JudgeWork("<think>ü</think>"),
            new ScoreWork(pair, [new JudgedReply("t", "r", 3, ConsistencyVerdict.Undecided, "away")], false, true),
            new LearnWork(4, weights.Blob, weights, true),
            new SaveWork(4),
        ];
        foreach (var payload in payloads)
        {
            var message = new ToWorker.Work(2, [new Assignment(Key, payload)]);

            var read = WireJson.Read<ToWorker.Work>(WireJson.Write(message));

            Assert.Equal(JsonConvert.SerializeObject(message), JsonConvert.SerializeObject(read));
            Assert.IsType(payload.GetType(), read.Items[0].Payload);
        }

        Assert.Equal(Enum.GetValues<WorkKind>(), payloads.Select(payload => payload.Kind).Distinct());
    }

    [Fact]
    public void Traces_keep_their_tokens_and_log_probs_bit_for_bit()
    {
        var trace = new Trace
        {
            Id = "t",
            Pair = new PairId("p"),
            PromptTokens = [1, 2],
            Tokens = [int.MaxValue, 7],
            LogProbs = [-0.1f, float.Epsilon],
            Text = "<think>a</think>", Finish = FinishReason.Length, Version = new PolicyVersion(1),
        };
        var message = new FromWorker.Done("w", Key, new RolloutResult([trace]));

        var result = WireJson.Read<FromWorker.Done>(WireJson.Write(message)).Result;

        var read = Assert.IsType<RolloutResult>(result).Traces[0];

        Assert.Equal(trace.Tokens.AsEnumerable(), read.Tokens);
        Assert.Equal(trace.LogProbs.AsEnumerable(), read.LogProbs);
        Assert.Equal((trace.Text, trace.Finish, trace.Version), (read.Text, read.Finish, read.Version));
    }

    [Fact]
    public void Numbers_that_are_none_rewards_that_are_undecided_and_halves_of_characters_survive_the_wire()
    {
        var figures = new Dictionary<string, double> { ["loss"] = double.NaN, ["gap"] = double.PositiveInfinity };
        var progress = WireJson.Read<FromWorker.Progress>(WireJson.Write(new FromWorker.Progress(Key, 1, figures)));
        Assert.Equal(figures, progress.Metrics);

        var undecided = new RewardBreakdown
        {
            Format = 1, Result = 0, Consistency = 0, Verdict = ConsistencyVerdict.Undecided,
            Status = JudgmentStatus.Tagged, Total = null, Terms = [new TermScore("away", null, 1, "no answer")],
        };
        var done = WireJson.Read<FromWorker.Done>(
            WireJson.Write(new FromWorker.Done("w", Key, new ScoreResult([undecided]))));
        var read = Assert.IsType<ScoreResult>(done.Result).Rewards[0];
        Assert.Null(read.Total);
        Assert.Equal(undecided.Terms.AsEnumerable(), read.Terms);

        var failed = new FromWorker.Done("w", Key, new WorkFailed("a\ud800<ü\0", false));
        var text = Assert.IsType<WorkFailed>(WireJson.Read<FromWorker.Done>(WireJson.Write(failed)).Result).Message;
        Assert.Equal("a\ufffd<ü\0", text);
    }

    [Fact]
    public void A_work_key_keeps_the_text_that_earlier_releases_write()
    {
        const string json = """{"Key":{"Epoch":2,"Id":"step-12/judge/17.3","Attempt":1}}""";
        var message = new ToWorker.Accepted(new WorkKey(2, WorkId.Judge(BatchId.ForStep(12), 17, 3), 1));

        Assert.Equal(json, Encoding.UTF8.GetString(WireJson.Write(message)));
        Assert.Equal(message, WireJson.Read<ToWorker.Accepted>(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("\"step-12\"")]
    [InlineData("7")]
    [InlineData("null")]
    public void A_work_key_without_a_readable_id_is_refused(string id)
    {
        var json = $$$"""{"Key":{"Epoch":2,"Id":{{{id}}},"Attempt":1}}""";

        Assert.Throws<JsonException>(() => WireJson.Read<ToWorker.Accepted>(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""{"Worker":"w","Result":{"is":"System.IO.FileInfo, System.Runtime","fileName":"/etc/passwd"}}""")]
    [InlineData("""{"Worker":"w","Result":{"$type":"System.IO.FileInfo, System.Runtime","fileName":"/etc/passwd"}}""")]
    [InlineData("""{"Worker":"w","Result":{"is":"sft"}}""")]
    public void A_payload_outside_the_closed_set_is_refused(string json) =>
        Assert.Throws<JsonException>(() => WireJson.Read<FromWorker.Done>(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Every_message_type_of_the_protocol_has_a_manifest()
    {
        var marked = typeof(IWireMessage).Assembly.GetTypes()
            .Where(type => type.IsClass && typeof(IWireMessage).IsAssignableFrom(type));

        Assert.Equal(marked.ToHashSet(), WireTypes.Messages.ToHashSet());
    }

    [Fact]
    public void Every_payload_and_result_has_a_name_on_the_wire()
    {
        var concrete = typeof(WorkPayload).Assembly.GetTypes()
            .Where(type => typeof(WorkPayload).IsAssignableFrom(type) || typeof(WorkResult).IsAssignableFrom(type))
            .Where(type => !type.IsAbstract);

        Assert.Equal(concrete.ToHashSet(), WireTypes.Payloads.Values.ToHashSet());
    }
}
