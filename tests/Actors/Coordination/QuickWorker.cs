using Akka.Actor;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination;

/// <summary>Does whatever it gets at once.</summary>
internal sealed class QuickWorker : ReceiveActor
{
    public QuickWorker(IActorRef coordinator, string name, WorkKind kind)
    {
        var run = new MachineRun(MachineRun.Plan);
        coordinator.Tell(new FromWorker.Hello(name, name, kind, 2), Self);
        Receive<ToWorker.Welcome>(_ => coordinator.Tell(new FromWorker.Pull(1, name, 2)));
        Receive<ToWorker.Work>(work =>
        {
            foreach (var item in work.Items)
            {
                coordinator.Tell(new FromWorker.Done(name, item.Key, run.ResultOf(item)));
            }
        });
        Receive<ToWorker.Accepted>(_ => coordinator.Tell(new FromWorker.Pull(1, name, 2)));
    }
}
