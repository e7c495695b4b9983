using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

namespace R1Reward.Conformance.AkkaCore;

public sealed class ReceiveActorTests : TestKit
{
    [Fact]
    public async Task Handlers_are_tried_in_order_of_declaration()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Ordered()));
        actor.Tell(5);
        await ExpectMsgAsync("small");
        actor.Tell(50);
        await ExpectMsgAsync("any int");
        actor.Tell("text");
        await ExpectMsgAsync("any");
    }

    [Fact]
    public async Task Nothing_may_follow_ReceiveAny()
    {
        var ended = Sys.ActorOf(Props.Create(() => new AfterAny()));
        await WatchAsync(ended);
        await ExpectTerminatedAsync(ended);
    }

    [Fact]
    public async Task Handlers_may_be_declared_in_the_constructor_and_in_Become_only()
    {
        var actor = Sys.ActorOf(Props.Create(() => new DeclaresLate(TestActor)));
        await ExpectMsgAsync<InvalidOperationException>();
        actor.Tell("switch");
        actor.Tell("hello");
        await ExpectMsgAsync("second hello");
        actor.Tell(7);
        actor.Tell("back");
        actor.Tell("hello");
        await ExpectMsgAsync("first hello");
    }

    [Fact]
    public async Task What_no_handler_takes_goes_to_the_event_stream_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create(() => new OnlyInts()));
        actor.Tell("text");
        var unhandled = await ExpectMsgAsync<UnhandledMessage>();
        Assert.Equal("text", unhandled.Message);
        Assert.Equal(actor, unhandled.Recipient);
        Assert.Equal(TestActor, unhandled.Sender);
    }

    [Fact]
    public async Task A_handler_that_returns_false_declines()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Declining()));
        actor.Tell(3);
        await ExpectMsgAsync("odd");
        actor.Tell(4);
        await ExpectMsgAsync("other");
    }

    [Fact]
    public async Task Messages_of_one_sender_keep_their_order()
    {
        var actor = Sys.ActorOf(Props.Create(() => new OnlyInts()));
        for (var i = 0; i < 1000; i++) actor.Tell(i);
        for (var i = 0; i < 1000; i++) Assert.Equal(i, await ExpectMsgAsync<int>());
    }

    private sealed class Ordered : ReceiveActor
    {
        public Ordered()
        {
            Receive<int>(i => i < 10, _ => Sender.Tell("small"));
            Receive<int>(_ => Sender.Tell("any int"));
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class AfterAny : ReceiveActor
    {
        public AfterAny()
        {
            ReceiveAny(_ => { });
            Receive<int>(_ => { });
        }
    }

    private sealed class DeclaresLate : ReceiveActor
    {
        private readonly IActorRef _observer;

        public DeclaresLate(IActorRef observer)
        {
            _observer = observer;
            Receive<string>(s => s == "switch", _ => BecomeStacked(Second));
            Receive<string>(s => Sender.Tell("first " + s));
        }

        protected override void PreStart()
        {
            try
            {
                Receive<int>(_ => { });
            }
            catch (InvalidOperationException e)
            {
                _observer.Tell(e);
            }
        }

        private void Second()
        {
            Receive<string>(s => s == "back", _ => UnbecomeStacked());
            Receive<string>(s => Sender.Tell("second " + s));
        }
    }

    private sealed class OnlyInts : ReceiveActor
    {
        public OnlyInts() => Receive<int>(i => Sender.Tell(i));
    }

    private sealed class Declining : ReceiveActor
    {
        public Declining()
        {
            Receive<int>(i =>
            {
                if (i % 2 == 0) return false;
                Sender.Tell("odd");
                return true;
            });
            Receive<int>(_ => Sender.Tell("other"));
        }
    }
}
