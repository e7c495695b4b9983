using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using Newtonsoft.Json;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Tests.Protocol;

public sealed class WireTests() : TestKit(WireConfig.Closed)
{
    private static readonly WorkKey Key = new(2, WorkId.Learn(BatchId.ForStep(1)), 3);
    private static readonly Dictionary<string, double> Figures = new() { ["loss"] = 0.25 };
    private static readonly Dictionary<WorkKind, int> Workers = new() { [WorkKind.Judge] = 2 };

    private static readonly IWireMessage[] Messages =
    [
        new FromWorker.Hello("w", "akka.tcp://r1reward@127.0.0.1:1", WorkKind.Learn, 4),
        new FromWorker.Pull(2, "w", 4),
        new FromWorker.Renew(2, "w", [Key]),
        new FromWorker.Done("w", Key, new JudgeResult(ConsistencyVerdict.Undecided, "away")),
        new FromWorker.Progress(Key, 7, Figures),
        new FromWorker.Leaving(2, "w"),
        new FromWorker.Goodbye("w"),
        new ToWorker.Welcome(2, "run", "a { b = 1 }", "/runs/run", TimeSpan.FromSeconds(30)),
        new ToWorker.WhoAreYou(2),
        new ToWorker.Work(2, [new Assignment(Key, new JudgeWork("<think>ü</think>"))]),
        new ToWorker.Accepted(Key),
        ToWorker.Farewell.Instance,
        new ToWorker.Cancel(2),
        new RunCommands.Submit("run", "a = 1"),
        new RunCommands.Submitted("run", null, "/runs/run"),
        RunCommands.GetStatus.Instance,
        RunCommands.Stop.Instance,
        RunCommands.GetDetails.Instance,
        new RunDetails(
            RunStatus.NoRun,
            2,
            11,
            new RunThroughput(1.5, 200),
            3,
            new Dictionary<WorkKind, WorkQueue> { [WorkKind.Judge] = new(4, 5) },
            [new WorkerDetails("w", "a", WorkKind.Judge, 6, 7, "step-1/judge/0.1", "waits", 0.5)]),
        ClusterCommands.GetMembers.Instance,
        new ClusterCommands.Members("a", "b", [new ClusterMember("b", "up", false, ["judge"])]),
        new ClusterCommands.Leave("a"),
        new ClusterCommands.Down("a"),
        new ClusterCommands.Ordered("a", null),
        ClusterCommands.LeaveNow.Instance,
        new RunStatus("run", RunStage.Scoring, 1, 2, 3, 4, Figures, Workers, RunOutcome.Stopped, "ü"),
    ];

    [Fact]
    public void Every_message_is_written_by_our_serializer_and_comes_back_the_same()
    {
        Assert.Equal(WireTypes.Messages.ToHashSet(), Messages.Select(message => message.GetType()).ToHashSet());
        foreach (var message in Messages)
        {
            var serializer = Assert.IsType<WireSerializer>(Sys.Serialization.FindSerializerFor(message));

            var read = Sys.Serialization.Deserialize(
                serializer.ToBinary(message), serializer.Identifier, serializer.Manifest(message));

            Assert.IsType(message.GetType(), read);
            Assert.Equal(JsonConvert.SerializeObject(message), JsonConvert.SerializeObject(read));
        }
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(1, "System.IO.FileInfo, System.Private.CoreLib")]
    [InlineData(3, "")]
    [InlineData(1371, "System.IO.FileInfo, System.Private.CoreLib")]
    public void Frames_that_name_their_own_type_or_deploy_actors_are_refused(int serializer, string manifest)
    {
        var frame = """{"fileName":"/etc/passwd"}"""u8.ToArray();

        Assert.ThrowsAny<SerializationException>(() => Sys.Serialization.Deserialize(frame, serializer, manifest));
    }

    [Fact]
    public void What_is_no_wire_message_does_not_leave_the_process()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new FileInfo("x"));

        Assert.ThrowsAny<SerializationException>(() => serializer.ToBinary(new FileInfo("x")));
    }

    [Fact]
    public void A_wrong_binding_is_found_at_start()
    {
        WireCheck.Run(Sys);
        const string type = "R1Reward.Actors.Protocol.ToWorker+Cancel, R1Reward.Actors";
        const string binding = $$"""akka.actor.serialization-bindings { "{{type}}" = json }""";
        var config = ConfigurationFactory.ParseString(binding).WithFallback(WireConfig.Closed);
        using var wrong = ActorSystem.Create("wrong", config);

        var error = Assert.Throws<InvalidOperationException>(() => WireCheck.Run(wrong));

        Assert.StartsWith("Cancel would be written by RefusingSerializer", error.Message);
    }
}
