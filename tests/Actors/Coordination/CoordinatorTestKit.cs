using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination;

/// <summary>A coordinator whose workers are probes, or do at once whatever they get.</summary>
public abstract class CoordinatorTestKit : TestKit
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Config Settings = ConfigurationFactory.ParseString("akka.loglevel = WARNING")
        .WithFallback(WireConfig.Closed)
        .WithFallback(Configurations.Reference);

    private protected CoordinatorTestKit()
        : base(Settings) => Factory = new FakeFactory(Run);

    /// <summary>The run that is loaded, whatever is submitted.</summary>
    private protected MachineRun Run { get; } = new(
        MachineRun.Plan, new RunProgress(true, 0, "checkpoints/sft", new HashSet<string> { "sft" }, false));

    private protected FakeFactory Factory { get; }

    private protected IActorRef Start(FakeFactory? other = null)
    {
        var factory = other ?? Factory;
        var tick = TimeSpan.FromMilliseconds(50);
        return Sys.ActorOf(Props.Create(() => new CoordinatorActor(factory, tick, _ => Fenced.Instance)));
    }

    private protected IActorRef Begun(FakeFactory? factory = null, RunStage stage = RunStage.Rolling)
    {
        var coordinator = Start(factory);
        coordinator.Tell(FakeFactory.Run, TestActor);
        Assert.Null(ExpectMsg<RunCommands.Submitted>(Patience).Refusal);
        AwaitCondition(() => Status(coordinator).Stage == stage, Patience);
        return coordinator;
    }

    private protected TestProbe Worker(IActorRef coordinator, string name, WorkKind kind = WorkKind.Rollout)
    {
        var probe = CreateTestProbe();
        coordinator.Tell(new FromWorker.Hello(name, "address-" + name, kind, 5), probe);
        var welcome = probe.ExpectMsg<ToWorker.Welcome>(Patience);
        Assert.Equal(($"run@{DateTimeOffset.UnixEpoch.AddTicks(7).UtcTicks}", 1), (welcome.RunId, welcome.Epoch));
        return probe;
    }

    private protected static ToWorker.Work Pull(IActorRef coordinator, TestProbe worker, string name, int free)
    {
        coordinator.Tell(new FromWorker.Pull(1, name, free), worker);
        return worker.ExpectMsg<ToWorker.Work>(Patience);
    }

    private protected void HandIn(IActorRef coordinator, TestProbe worker, string name, Assignment item)
    {
        coordinator.Tell(new FromWorker.Done(name, item.Key, Run.ResultOf(item)), worker);
        Assert.Equal(item.Key, worker.ExpectMsg<ToWorker.Accepted>(Patience).Key);
    }

    private protected void StartQuickWorkers(IActorRef coordinator, params WorkKind[] kinds)
    {
        foreach (var (index, kind) in kinds.Index())
        {
            Sys.ActorOf(Props.Create(() => new QuickWorker(coordinator, $"w{index}", kind)));
        }
    }

    private protected static RunStatus Status(IActorRef coordinator) =>
        coordinator.Ask<RunStatus>(RunCommands.GetStatus.Instance, Patience).GetAwaiter().GetResult();

    private protected sealed class Fenced : CoordinatedShutdown.Reason
    {
        public static Fenced Instance { get; } = new();

        public override int ExitCode => 3;
    }
}
