using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using TestKit = Akka.TestKit.Xunit2.TestKit;

namespace R1Reward.Conformance.AkkaCore;

public sealed class TimerTests : TestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public TimerTests() : base(TestConfigs.TestSchedulerConfig) { }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_single_timer_fires_once_after_its_time()
    {
        var actor = await Timed();
        await Do(actor, t => t.StartSingleTimer("k", "tick", Second));
        Scheduler.Advance(Second / 2);
        await ExpectNoMsgAsync(50);
        Scheduler.Advance(Second);
        await ExpectMsgAsync("tick");
        Scheduler.Advance(Second * 5);
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task A_periodic_timer_first_fires_after_one_interval_and_once_per_advance()
    {
        var actor = await Timed();
        await Do(actor, t => t.StartPeriodicTimer("k", "tick", Second));
        await ExpectNoMsgAsync(50);
        Scheduler.Advance(Second);
        await ExpectMsgAsync("tick");
        Scheduler.Advance(Second * 3);
        await ExpectMsgAsync("tick");
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task A_new_timer_under_an_old_key_replaces_it_and_its_queued_tick()
    {
        var actor = await Timed();
        await Do(actor, t => t.StartSingleTimer("k", "old", Second));
        var gate = new TaskCompletionSource();
        actor.Tell((Action<ITimerScheduler>)(t =>
        {
            gate.Task.Wait();
            t.StartSingleTimer("k", "new", Second);
        }));
        Scheduler.Advance(Second);
        gate.SetResult();
        actor.Tell("settled");
        await ExpectMsgAsync("settled");
        Scheduler.Advance(Second);
        await ExpectMsgAsync("new");
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task Cancelled_timers_do_not_fire_and_are_not_active()
    {
        var actor = await Timed();
        var active = true;
        await Do(actor, t =>
        {
            t.StartPeriodicTimer("k", "tick", Second);
            t.StartSingleTimer("other", "other", Second);
            Assert.True(t.IsTimerActive("k"));
            t.Cancel("k");
            active = t.IsTimerActive("k");
        });
        Assert.False(active);
        Scheduler.Advance(Second);
        await ExpectMsgAsync("other");
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task A_restart_cancels_all_timers()
    {
        var actor = await Timed();
        await Do(actor, t => t.StartPeriodicTimer("k", "tick", Second));
        actor.Tell(new InvalidOperationException("boom"));
        actor.Tell("restarted");
        await ExpectMsgAsync("restarted");
        Scheduler.Advance(Second * 2);
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task The_scheduler_itself_follows_the_test_clock_too()
    {
        Sys.Scheduler.ScheduleTellOnce(Second, TestActor, "once", ActorRefs.NoSender);
        var repeated = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Second, Second, TestActor, "again", ActorRefs.NoSender);
        await ExpectNoMsgAsync(50);
        Scheduler.Advance(Second);
        await ExpectMsgAsync("once");
        await ExpectMsgAsync("again");
        repeated.Cancel();
        Scheduler.Advance(Second);
        await ExpectNoMsgAsync(50);
    }

    private async Task<IActorRef> Timed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new WithTimers(TestActor)));
        actor.Tell("ready");
        await ExpectMsgAsync("ready");
        return actor;
    }

    private async Task Do(IActorRef actor, Action<ITimerScheduler> action)
    {
        actor.Tell(action);
        actor.Tell("done");
        await ExpectMsgAsync("done");
    }

    private sealed class WithTimers : ReceiveActor, IWithTimers
    {
        public WithTimers(IActorRef observer)
        {
            Receive<Action<ITimerScheduler>>(a => a(Timers));
            Receive<Exception>(e => throw e);
            ReceiveAny(observer.Tell);
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
