using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Tests.Engine;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class CoordinatorPlaceTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Nodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task A_node_that_gave_the_coordinator_to_another_and_stays_may_hold_it_again()
    {
        var system = (await _nodes.ClusterAsync(1))[0];
        var settings = ClusterSingletonManagerSettings.Create(system);
        var started = new SemaphoreSlim(0);
        var manager = ClusterSingletonManager.Props(
            Props.Create(() => new Holder(started)), PoisonPill.Instance, settings);
        system.ActorOf(Props.Create(() => new CoordinatorPlace(manager)), CoordinatorPlace.Name);
        Assert.True(await started.WaitAsync(Patience));

        // As a node does that found out that it is older.
        var order = Activator.CreateInstance(
            typeof(ClusterSingletonManager).Assembly.GetType("Akka.Cluster.Tools.Singleton.HandOverToMe")!, true);
        system.ActorSelection(CoordinatorPlace.ManagerPath).Tell(order, ActorRefs.NoSender);

        Assert.True(await started.WaitAsync(Patience));
        var proxy = system.ActorOf(ClusterSingletonProxy.Props(
            CoordinatorPlace.ManagerPath, ClusterSingletonProxySettings.Create(system)));
        Assert.Equal("here", await proxy.Ask<string>("where", Patience));
    }

    private sealed class Holder : ReceiveActor
    {
        public Holder(SemaphoreSlim started)
        {
            ReceiveAny(_ => Sender.Tell("here"));
            started.Release();
        }
    }
}
