using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit.Sdk;

namespace R1Reward.Conformance.AkkaCore;

public sealed class TestKitTests : TestKit
{
    [Fact]
    public async Task The_test_actor_is_the_implicit_sender_also_after_an_await()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Puppet(ActorRefs.Nobody)));
        echo.Tell("before");
        await ExpectMsgAsync("before");
        await Task.Yield();
        echo.Tell("after");
        await ExpectMsgAsync("after");
    }

    [Fact]
    public async Task Expectations_fail_on_silence_and_on_what_is_not_expected()
    {
        var soon = TimeSpan.FromMilliseconds(50);
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync<string>(soon));
        TestActor.Tell("text");
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync<int>(soon));
        TestActor.Tell("text");
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectNoMsgAsync(soon));
        TestActor.Tell("text");
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync("other", soon));
    }

    [Fact]
    public async Task Probes_send_reply_and_forward()
    {
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        first.Send(second.Ref, "question");
        await second.ExpectMsgAsync("question");
        Assert.Equal(first.Ref, second.Sender);
        second.Reply("answer");
        await first.ExpectMsgFromAsync(second.Ref, "answer");
        first.Forward(TestActor);
        await ExpectMsgAsync<string>((m, sender) => m == "answer" && sender.Equals(second.Ref));
    }

    [Fact]
    public async Task Within_shares_its_time_among_the_expectations_inside()
    {
        await WithinAsync(TimeSpan.FromSeconds(2), async () =>
        {
            TestActor.Tell("in time");
            await ExpectMsgAsync("in time");
            Assert.True(Remaining <= TimeSpan.FromSeconds(2));
        });
        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            WithinAsync(TimeSpan.FromMilliseconds(50), async () => await ExpectMsgAsync<string>()));
        Assert.IsAssignableFrom<XunitException>(failure.GetBaseException());
    }

    [Fact]
    public async Task AwaitAssert_tries_until_it_holds_and_fishing_skips_the_rest()
    {
        var tries = 0;
        await AwaitAssertAsync(() => Assert.True(++tries >= 3), interval: TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, tries);
        foreach (var i in Enumerable.Range(0, 5)) TestActor.Tell(i);
        Assert.Equal(3, await FishForMessageAsync<int>(i => i == 3));
        await ExpectMsgAsync(4);
    }

    [Fact]
    public void Blocking_forms_do_the_same()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Puppet(ActorRefs.Nobody)));
        Watch(echo);
        echo.Tell(1);
        ExpectMsg(1);
        Within(TimeSpan.FromSeconds(3), () => ExpectNoMsg(20));
        TestActor.Tell("a");
        TestActor.Tell("b");
        ExpectMsgAllOf("b", "a");
        Sys.Stop(echo);
        ExpectTerminated(echo);
    }
}
