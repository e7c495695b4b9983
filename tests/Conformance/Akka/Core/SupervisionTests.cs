using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace R1Reward.Conformance.AkkaCore;

public sealed class SupervisionTests : TestKit
{
    [Fact]
    public async Task A_restart_keeps_ref_and_mailbox_and_loses_the_failing_message()
    {
        var puppet = await Child(new OneForOneStrategy(_ => Directive.Restart));
        puppet.Tell(new InvalidOperationException("boom"));
        puppet.Tell("after");
        await ExpectMsgAsync<string>(s => s.StartsWith("PreRestart", StringComparison.Ordinal) && s.Contains("boom"));
        await ExpectAll("PostStop", "created", "PostRestart boom", "PreStart", "after");
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task Resume_keeps_the_instance()
    {
        var puppet = await Child(new OneForOneStrategy(_ => Directive.Resume));
        puppet.Tell(new InvalidOperationException("boom"));
        puppet.Tell("after");
        await ExpectMsgAsync("after");
    }

    [Fact]
    public async Task Stop_ends_the_actor()
    {
        var puppet = await Child(new OneForOneStrategy(_ => Directive.Stop));
        await WatchAsync(puppet);
        puppet.Tell(new InvalidOperationException("boom"));
        await ExpectMsgAsync("PostStop");
        await ExpectTerminatedAsync(puppet);
    }

    [Fact]
    public async Task Escalate_hands_the_failure_to_the_grandparent()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Parent(new OneForOneStrategy(_ => Directive.Escalate))));
        var puppet = await parent.Ask<IActorRef>(Props.Create(() => new Puppet(TestActor)));
        await ExpectAll("created", "PreStart");
        await WatchAsync(puppet);

        // The user guardian restarts the parent, whose PreRestart stops its children.
        puppet.Tell(new InvalidOperationException("boom"));
        await ExpectMsgAsync("PostStop");
        await ExpectTerminatedAsync(puppet);
        var second = await parent.Ask<IActorRef>(Props.Create(() => new Puppet(TestActor)), TimeSpan.FromSeconds(3));
        Assert.NotEqual(puppet, second);
    }

    [Fact]
    public async Task More_restarts_than_allowed_stop_the_actor()
    {
        var puppet = await Child(new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        await WatchAsync(puppet);
        for (var i = 0; i < 3; i++) puppet.Tell(new InvalidOperationException("boom"));
        for (var restarts = 0; restarts < 2; restarts++)
        {
            await FishForMessageAsync(m => m is "PreStart");
        }

        await ExpectMsgAsync("PostStop");
        await ExpectTerminatedAsync(puppet);
    }

    [Fact]
    public async Task One_for_one_leaves_siblings_alone_and_all_for_one_does_not()
    {
        foreach (var (strategy, siblingRestarts) in new (SupervisorStrategy, bool)[]
                 {
                     (new OneForOneStrategy(_ => Directive.Restart), false),
                     (new AllForOneStrategy(_ => Directive.Restart), true)
                 })
        {
            var parent = Sys.ActorOf(Props.Create(() => new Parent(strategy)));
            var (first, second) = (CreateTestProbe(), CreateTestProbe());
            var failing = await parent.Ask<IActorRef>(Props.Create(() => new Puppet(first.Ref)));
            await parent.Ask<IActorRef>(Props.Create(() => new Puppet(second.Ref)));
            await second.FishForMessageAsync(m => m is "PreStart");
            failing.Tell(new InvalidOperationException("boom"));
            await first.FishForMessageAsync(m => m is "PostRestart boom");
            if (siblingRestarts) await second.FishForMessageAsync(m => m is "PostRestart boom");
            else await second.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    public async Task A_failing_constructor_stops_under_the_default_strategy()
    {
        var ended = Sys.ActorOf(Props.Create(() => new FailsInConstructor()));
        await WatchAsync(ended);
        await ExpectTerminatedAsync(ended);
    }

    [Fact]
    public async Task A_failing_PreStart_is_an_initialization_failure()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Parent(new OneForOneStrategy(e => Tell(TestActor, e)))));
        await parent.Ask<IActorRef>(Props.Create(() => new FailsInPreStart()));
        var failure = await ExpectMsgAsync<ActorInitializationException>();
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Fact]
    public async Task A_failing_PostRestart_stops_under_the_default_strategy()
    {
        var ended = Sys.ActorOf(Props.Create(() => new FailsInPostRestart()));
        await WatchAsync(ended);
        ended.Tell("fail");
        await ExpectTerminatedAsync(ended);
    }

    [Fact]
    public async Task Kill_stops_under_the_default_strategy()
    {
        var puppet = Sys.ActorOf(Props.Create(() => new Puppet(TestActor)));
        await ExpectAll("created", "PreStart");
        await WatchAsync(puppet);
        puppet.Tell(Kill.Instance);
        await ExpectMsgAsync("PostStop");
        await ExpectTerminatedAsync(puppet);
    }

    [Fact]
    public async Task A_failed_actors_children_wait_until_the_parent_has_decided()
    {
        var grandchild = CreateTestProbe();
        var (gate, deciding) = (new TaskCompletionSource(), new TaskCompletionSource());
        var parent = Sys.ActorOf(Props.Create(() => new Parent(new OneForOneStrategy(_ => WaitFor(deciding, gate.Task)))));
        var child = await parent.Ask<IActorRef>(Props.Create(() => new Parent(SupervisorStrategy.DefaultStrategy)));
        var puppet = await child.Ask<IActorRef>(Props.Create(() => new Puppet(grandchild.Ref)));
        await grandchild.FishForMessageAsync(m => m is "PreStart");

        child.Tell(Kill.Instance);
        await deciding.Task;
        puppet.Tell("while suspended", grandchild.Ref);
        await grandchild.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
        gate.SetResult();
        await grandchild.ExpectMsgAsync("while suspended");
    }

    private static Directive Tell(IActorRef observer, Exception e)
    {
        observer.Tell(e);
        return Directive.Stop;
    }

    private static Directive WaitFor(TaskCompletionSource deciding, Task task)
    {
        deciding.TrySetResult();
        task.Wait();
        return Directive.Resume;
    }

    private async Task<IActorRef> Child(SupervisorStrategy strategy)
    {
        var parent = Sys.ActorOf(Props.Create(() => new Parent(strategy)));
        var child = await parent.Ask<IActorRef>(Props.Create(() => new Puppet(TestActor)));
        await ExpectAll("created", "PreStart");
        return child;
    }

    private async Task ExpectAll(params string[] messages)
    {
        foreach (var message in messages) await ExpectMsgAsync(message);
    }

    private sealed class FailsInConstructor : UntypedActor
    {
        public FailsInConstructor() => throw new InvalidOperationException("no");

        protected override void OnReceive(object message) { }
    }

    private sealed class FailsInPreStart : UntypedActor
    {
        protected override void PreStart() => throw new InvalidOperationException("no");
        protected override void OnReceive(object message) { }
    }

    private sealed class FailsInPostRestart : UntypedActor
    {
        protected override void PostRestart(Exception reason) => throw new InvalidOperationException("no");
        protected override void OnReceive(object message) => throw new InvalidOperationException("first");
    }
}
