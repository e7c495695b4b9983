using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

namespace R1Reward.Conformance.AkkaCore;

public sealed class StopAndWatchTests : TestKit
{
    [Fact]
    public async Task Children_stop_before_their_parent()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Puppet(TestActor)), "parent");
        await ExpectAll("created", "PreStart");
        var observer = TestActor;
        parent.Tell((Action<IActorContext>)(c => c.ActorOf(Props.Create(() => new Named(observer, "child")))));
        parent.Tell("made");
        await ExpectMsgAsync("made");
        Sys.Stop(parent);
        await ExpectMsgAsync("child stopped");
        await ExpectMsgAsync("PostStop");
    }

    [Fact]
    public async Task What_is_left_in_the_mailbox_becomes_dead_letters()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters.Ref, typeof(DeadLetter));
        var gate = new TaskCompletionSource();
        var puppet = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())));
        puppet.Tell((Action<IActorContext>)(_ => gate.Task.Wait()));
        Sys.Stop(puppet);
        puppet.Tell("one");
        puppet.Tell("two");
        gate.SetResult();
        var first = await letters.FishForMessageAsync<DeadLetter>(d => d.Message is "one");
        Assert.Equal(puppet, first.Recipient);
        Assert.Equal(TestActor, first.Sender);
        await letters.FishForMessageAsync<DeadLetter>(d => d.Message is "two");
    }

    [Fact]
    public async Task PoisonPill_waits_its_turn()
    {
        var puppet = await NewPuppet();
        puppet.Tell("before");
        puppet.Tell(PoisonPill.Instance);
        puppet.Tell("after");
        await ExpectMsgAsync("before");
        await ExpectMsgAsync("PostStop");
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task Stop_overtakes_user_messages()
    {
        var gate = new TaskCompletionSource();
        var puppet = await NewPuppet();
        puppet.Tell((Action<IActorContext>)(_ => gate.Task.Wait()));
        puppet.Tell("queued");
        Sys.Stop(puppet);
        gate.SetResult();
        await ExpectMsgAsync("PostStop");
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task A_watcher_is_told_once_however_often_it_watched()
    {
        var puppet = await NewPuppet();
        await WatchAsync(puppet);
        await WatchAsync(puppet);
        Sys.Stop(puppet);
        await ExpectMsgAsync("PostStop");
        var terminated = await ExpectTerminatedAsync(puppet);
        Assert.True(terminated.ExistenceConfirmed);
        Assert.False(terminated.AddressTerminated);
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task Watching_a_dead_ref_tells_at_once()
    {
        var puppet = await NewPuppet();
        Assert.True(await puppet.GracefulStop(TimeSpan.FromSeconds(3)));
        await ExpectMsgAsync("PostStop");
        await WatchAsync(puppet);
        await ExpectTerminatedAsync(puppet);
    }

    [Fact]
    public async Task Unwatch_takes_the_notice_back()
    {
        var puppet = await NewPuppet();
        await WatchAsync(puppet);
        await UnwatchAsync(puppet);
        Sys.Stop(puppet);
        await ExpectMsgAsync("PostStop");
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task WatchWith_sends_its_own_message()
    {
        var watched = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())));
        var watcher = Sys.ActorOf(Props.Create(() => new WatchesWith(watched, TestActor)));
        await ExpectMsgAsync("watching");
        Sys.Stop(watched);
        await ExpectMsgAsync("it is gone");
        Assert.NotNull(watcher);
    }

    [Fact]
    public async Task An_unhandled_Terminated_is_a_death_pact()
    {
        var watched = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())));
        var watcher = Sys.ActorOf(Props.Create(() => new Pact(watched, TestActor)));
        await WatchAsync(watcher);
        await ExpectMsgAsync("watching");
        Sys.Stop(watched);
        await ExpectTerminatedAsync(watcher);
    }

    [Fact]
    public async Task A_new_actor_under_an_old_name_is_another_ref()
    {
        var first = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())), "same");
        Assert.True(await first.GracefulStop(TimeSpan.FromSeconds(3)));
        IActorRef? second = null;
        await AwaitAssertAsync(() => second = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())), "same"));
        Assert.Equal(first.Path, second!.Path);
        Assert.NotEqual(first, second);
        Assert.NotEqual(first.Path.Uid, second.Path.Uid);
    }

    [Fact]
    public void Names_are_unique_among_siblings_and_automatic_ones_start_with_a_dollar()
    {
        Sys.ActorOf(Props.Create(() => new Puppet(Nobody())), "taken");
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Puppet(Nobody())), "taken"));
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Puppet(Nobody())), "$mine"));
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Puppet(Nobody())), ""));
        var unnamed = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())));
        Assert.StartsWith("$", unnamed.Path.Name);
        Assert.StartsWith("akka://test/user/$", unnamed.Path.ToString());
    }

    [Fact]
    public async Task Identify_answers_with_the_actor_or_with_nobody()
    {
        var puppet = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())), "known");
        Sys.ActorSelection("/user/known").Tell(new Identify(1));
        Assert.Equal(puppet, (await ExpectMsgAsync<ActorIdentity>()).Subject);
        Sys.ActorSelection("/user/unknown").Tell(new Identify(2));
        var missing = await ExpectMsgAsync<ActorIdentity>();
        Assert.Equal(2, missing.MessageId);
        Assert.Null(missing.Subject);
        Assert.Equal(puppet, await Sys.ActorSelection("/user/kn*").ResolveOne(TimeSpan.FromSeconds(3)));
        await Assert.ThrowsAsync<ActorNotFoundException>(() => Sys.ActorSelection("/user/unknown").ResolveOne(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task GracefulStop_says_false_when_the_time_is_over()
    {
        var gate = new TaskCompletionSource();
        var puppet = Sys.ActorOf(Props.Create(() => new Puppet(Nobody())));
        puppet.Tell((Action<IActorContext>)(_ => gate.Task.Wait()));
        Assert.False(await puppet.GracefulStop(TimeSpan.FromMilliseconds(50)));
        gate.SetResult();
    }

    [Fact]
    public async Task Receive_timeout_comes_after_silence_and_is_reset_by_messages()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Silent(TestActor)));
        await ExpectMsgAsync<ReceiveTimeout>();
        actor.Tell("stop it");
        await ExpectMsgAsync("stopped");
        await ExpectNoMsgAsync(150);
    }

    private static IActorRef Nobody() => ActorRefs.Nobody;

    private async Task<IActorRef> NewPuppet()
    {
        var puppet = Sys.ActorOf(Props.Create(() => new Puppet(TestActor)));
        await ExpectAll("created", "PreStart");
        return puppet;
    }

    private async Task ExpectAll(params string[] messages)
    {
        foreach (var message in messages) await ExpectMsgAsync(message);
    }

    private sealed class Named : UntypedActor
    {
        private readonly IActorRef _observer;
        private readonly string _name;

        public Named(IActorRef observer, string name)
        {
            _observer = observer;
            _name = name;
        }

        protected override void PostStop() => _observer.Tell(_name + " stopped");
        protected override void OnReceive(object message) { }
    }

    private sealed class WatchesWith : ReceiveActor
    {
        public WatchesWith(IActorRef watched, IActorRef observer)
        {
            Context.WatchWith(watched, "it is gone");
            observer.Tell("watching");
            Receive<string>(observer.Tell);
        }
    }

    private sealed class Pact : ReceiveActor
    {
        public Pact(IActorRef watched, IActorRef observer)
        {
            Context.Watch(watched);
            observer.Tell("watching");
        }
    }

    private sealed class Silent : ReceiveActor
    {
        public Silent(IActorRef observer)
        {
            SetReceiveTimeout(TimeSpan.FromMilliseconds(50));
            Receive<ReceiveTimeout>(observer.Tell);
            Receive<string>(_ =>
            {
                SetReceiveTimeout(null);
                observer.Tell("stopped");
            });
        }

        protected override void PreStart() { }
    }
}
