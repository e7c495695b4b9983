using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace R1Reward.Conformance.AkkaCore;

public sealed class AskTests : TestKit
{
    [Fact]
    public async Task The_answer_completes_the_task()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Puppet(ActorRefs.Nobody)));
        Assert.Equal(7, await echo.Ask<int>(7));
        Assert.Equal("x", await echo.Ask("x", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task Silence_is_a_time_out()
    {
        var silent = Sys.ActorOf(Props.Create(() => new Parent(SupervisorStrategy.DefaultStrategy)));
        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ask<int>("?", TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task Cancelling_cancels_the_task()
    {
        var silent = Sys.ActorOf(Props.Create(() => new Parent(SupervisorStrategy.DefaultStrategy)));
        using var source = new CancellationTokenSource();
        var asked = silent.Ask<int>("?", source.Token);
        Assert.False(asked.IsCompleted);
        source.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => asked);
    }

    [Fact]
    public async Task An_answer_of_another_type_is_an_argument_exception()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Puppet(ActorRefs.Nobody)));
        await Assert.ThrowsAsync<ArgumentException>(() => echo.Ask<int>("text", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task A_failure_as_answer_throws_its_exception()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Puppet(ActorRefs.Nobody)));
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => echo.Ask<int>(new Status.Failure(new InvalidOperationException("said no")), TimeSpan.FromSeconds(3)));
        Assert.Equal("said no", thrown.Message);
    }

    [Fact]
    public async Task The_factory_form_knows_the_temporary_ref()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Puppet(ActorRefs.Nobody)));
        var reply = await echo.Ask<IActorRef>(self => self, TimeSpan.FromSeconds(3), CancellationToken.None);
        Assert.StartsWith("akka://test/temp/", reply.Path.ToString());
    }

    [Fact]
    public async Task PipeTo_sends_the_result_the_mapped_result_or_the_failure()
    {
        await Task.FromResult(5).PipeTo(TestActor);
        await ExpectMsgAsync(5);
        await Task.FromResult(5).PipeTo(TestActor, success: i => $"got {i}");
        await ExpectMsgAsync("got 5");
        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(TestActor);
        Assert.Equal("no", (await ExpectMsgAsync<Status.Failure>()).Cause.Message);
        await Task.FromException(new InvalidOperationException("no")).PipeTo(TestActor, failure: e => "failed: " + e.Message);
        await ExpectMsgAsync("failed: no");
        await Task.CompletedTask.PipeTo(TestActor);
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task Forward_keeps_the_sender()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Puppet(ActorRefs.Nobody)));
        var relay = Sys.ActorOf(Props.Create(() => new Relay(echo)));
        relay.Tell("hello");
        await ExpectMsgAsync<string>((m, sender) => m == "hello" && sender.Equals(echo));
    }

    private sealed class Relay : ReceiveActor
    {
        public Relay(IActorRef target) => ReceiveAny(m => target.Forward(m));
    }
}
