using Newtonsoft.Json.Linq;
using R1Reward.Actors.Protocol;
using R1Reward.Cli.Output;

namespace R1Reward.Cli.Tests.Output;

public sealed class ClusterTextTests
{
    private static readonly ClusterCommands.Members Members = new(
        "akka.tcp://r1reward@a:1",
        "akka.tcp://r1reward@b:2",
        [
            new ClusterMember("akka.tcp://r1reward@a:1", "up", Reachable: true, ["coordinator", "judge"]),
            new ClusterMember("akka.tcp://r1reward@b:2", "leaving", Reachable: false, ["rollout"]),
        ]);

    private static readonly RunDetails Run = new(
        new RunStatus(
            "night",
            RunStage.Rolling,
            Step: 3,
            Steps: 20,
            Done: 5,
            Expected: 8,
            new Dictionary<string, double> { ["loss"] = 0.5 },
            new Dictionary<WorkKind, int> { [WorkKind.Rollout] = 2 },
            Outcome: null,
            "waiting for the judge at http://j, 9 s"),
        Epoch: 2,
        WeightsVersion: 2,
        new RunThroughput(1.25, 310),
        GivenOutAgain: 1,
        new Dictionary<WorkKind, WorkQueue> { [WorkKind.Judge] = new(0, 4), [WorkKind.Rollout] = new(12, 3) },
        [
            new WorkerDetails(
                "judge-1f@akka.tcp://r1reward@a:1", "akka.tcp://r1reward@a:1", WorkKind.Judge, Free: 1, Held: 0,
                WorksOn: null, "waiting for the judge at http://j, 9 s", SilentSeconds: 0.3),
            new WorkerDetails(
                "rollout-0-2e@akka.tcp://r1reward@b:2", "akka.tcp://r1reward@b:2", WorkKind.Rollout, Free: 0, Held: 3,
                "step-3/rollout/4", WaitsFor: null, SilentSeconds: 12.34),
            new WorkerDetails(
                "learner-3d@akka.tcp://r1reward@b:2", "akka.tcp://r1reward@b:2", WorkKind.Learn, Free: 0, Held: 0,
                "step-3/learn, rank 1 of 2", WaitsFor: null, SilentSeconds: 0.5) { TokensPerSecond = 1234.5 },
        ]);

    [Fact]
    public void Members_run_queues_and_workers_stand_below_each_other() => Assert.Equal(
        [
            "2 members, as akka.tcp://r1reward@a:1 sees them",
            "  akka.tcp://r1reward@a:1  up                                     coordinator, judge",
            "  akka.tcp://r1reward@b:2  leaving, does not answer  coordinates  rollout",
            "run night: rolling, step 3 of 20, 5 of 8 traces, weights v2, epoch 2",
            "  1.3 traces and 310 tokens per second, 1 item given out again",
            "  waiting for the judge at http://j, 9 s",
            "  rollout  12 open  3 under way",
            "  judge    0 open   4 under way",
            "  judge-1f      akka.tcp://r1reward@a:1  idle                         waiting for the judge at http://j, "
                + "9 s",
            "  rollout-0-2e  akka.tcp://r1reward@b:2  step-3/rollout/4 and 2 more  heard of 12.3 s ago",
            "  learner-3d    akka.tcp://r1reward@b:2  step-3/learn, rank 1 of 2    1234.5 tokens per second, heard of "
                + "0.5 s ago",
        ],
        Lines(new ClusterStatus(Members, Run)));

    [Fact]
    public void Without_a_coordinator_and_without_a_run_the_text_says_so()
    {
        Assert.Equal(
            "no coordinator answers: a run goes on when there is a node with the role coordinator",
            Lines(new ClusterStatus(Members, Run: null))[^1]);
        Assert.Equal("no run", Lines(new ClusterStatus(Members, RunDetails.Idle(RunStatus.NoRun)))[^1]);
        var ended = RunStatus.NoRun with { RunId = "night", Outcome = RunOutcome.Stopped, Message = "stopped" };
        Assert.Equal(
            ["run night: stopped", "  stopped"], Lines(new ClusterStatus(Members, RunDetails.Idle(ended)))[^2..]);
    }

    [Fact]
    public void The_JSON_has_the_same_and_null_for_what_is_not_known()
    {
        var json = JObject.Parse(new ClusterStatus(Members, Run).ToJson());

        Assert.Equal("rolling", (string?)json["run"]!["status"]!["stage"]);
        Assert.Equal(0.5, (double?)json["run"]!["status"]!["metrics"]!["loss"]);
        Assert.Equal(12, (int?)json["run"]!["queues"]!["rollout"]!["open"]);
        Assert.Equal("step-3/rollout/4", (string?)json["run"]!["workers"]![1]!["works-on"]);
        Assert.False((bool?)json["members"]!["all"]![1]!["reachable"]);
        Assert.Equal(JTokenType.Null, JObject.Parse(new ClusterStatus(Members, Run: null).ToJson())["run"]!.Type);
    }

    private static string[] Lines(ClusterStatus status) =>
        ClusterText.Describe(status).Split(Environment.NewLine);
}
