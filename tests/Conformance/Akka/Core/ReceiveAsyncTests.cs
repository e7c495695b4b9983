using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace R1Reward.Conformance.AkkaCore;

public sealed class ReceiveAsyncTests : TestKit
{
    [Fact]
    public async Task User_messages_wait_until_the_task_has_ended()
    {
        var gate = new TaskCompletionSource();
        var actor = Sys.ActorOf(Props.Create(() => new Async(gate.Task)));
        actor.Tell("wait");
        actor.Tell("next");
        await ExpectMsgAsync("began");
        await ExpectNoMsgAsync(50);
        gate.SetResult();
        await ExpectMsgAsync("ended");
        await ExpectMsgAsync("next");
    }

    [Fact]
    public async Task Sender_and_context_survive_an_await()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Async(Task.CompletedTask)));
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        actor.Tell("delay", first.Ref);
        actor.Tell("delay", second.Ref);
        await first.ExpectMsgAsync(actor);
        await second.ExpectMsgAsync(actor);
    }

    [Fact]
    public async Task System_messages_do_not_wait()
    {
        var gate = new TaskCompletionSource();
        var actor = Sys.ActorOf(Props.Create(() => new Async(gate.Task)));
        await WatchAsync(actor);
        actor.Tell("wait");
        await ExpectMsgAsync("began");
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        gate.SetResult();
    }

    [Fact]
    public async Task A_fault_is_a_failure_of_the_actor()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Parent(new OneForOneStrategy(_ => Directive.Stop))));
        var child = await parent.Ask<IActorRef>(Props.Create(() => new Async(Task.CompletedTask)));
        await WatchAsync(child);
        child.Tell("throw");
        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task After_a_fault_and_restart_the_mailbox_goes_on()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Async(Task.CompletedTask)));
        actor.Tell("throw");
        actor.Tell("next");
        await ExpectMsgAsync("next");
    }

    private sealed class Async : ReceiveActor
    {
        public Async(Task gate)
        {
            ReceiveAsync<string>(async _ =>
            {
                Sender.Tell("began");
                await gate;
                Sender.Tell("ended");
            }, s => s == "wait");
            ReceiveAsync<string>(s => s == "delay", async _ =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                await Task.Yield();
                Sender.Tell(Context.Self);
            });
            ReceiveAsync<string>(s => s == "throw", async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException("boom");
            });
            ReceiveAny(m => Sender.Tell(m));
        }
    }
}
