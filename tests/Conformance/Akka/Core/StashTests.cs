using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

namespace R1Reward.Conformance.AkkaCore;

public sealed class StashTests : TestKit
{
    [Fact]
    public async Task Unstashed_messages_come_first_and_in_their_order()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        foreach (var message in new[] { "a", "b", "open", "c" }) actor.Tell(message);
        foreach (var message in new[] { "a", "b", "c" }) await ExpectMsgAsync(message);
    }

    [Fact]
    public async Task The_same_message_cannot_be_stashed_twice()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        actor.Tell("twice");
        await ExpectMsgAsync<IllegalActorStateException>();
    }

    [Fact]
    public async Task The_predicate_form_throws_the_rest_away()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        foreach (var message in new[] { "a1", "b", "a2", "open only a", "c" }) actor.Tell(message);
        foreach (var message in new[] { "a1", "a2", "c" }) await ExpectMsgAsync(message);
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task A_restart_puts_the_stash_back_to_the_front_of_the_mailbox()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        foreach (var message in new[] { "a", "b", "fail", "open", "c" }) actor.Tell(message);

        // The new instance stashes them again, then opens.
        foreach (var message in new[] { "a", "b", "c" }) await ExpectMsgAsync(message);
    }

    [Fact]
    public async Task A_stopped_actors_stash_becomes_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        actor.Tell("kept");
        actor.Tell(PoisonPill.Instance);
        await FishForMessageAsync<DeadLetter>(d => d.Message is "kept");
    }

    [Fact]
    public async Task Count_and_clear_tell_what_is_stashed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        actor.Tell("a");
        actor.Tell("b");
        actor.Tell("count");
        await ExpectMsgAsync(2);
        actor.Tell("clear");
        await ExpectMsgAsync(0);
    }

    private sealed class Stashing : ReceiveActor, IWithUnboundedStash
    {
        public Stashing() => Closed();

        public IStash Stash { get; set; } = null!;

        private void Closed()
        {
            Receive<string>(s => s == "open", _ =>
            {
                Become(Open);
                Stash.UnstashAll();
            });
            Receive<string>(s => s == "open only a", _ =>
            {
                Become(Open);
                Stash.UnstashAll(e => ((string)e.Message).StartsWith('a'));
            });
            Receive<string>(s => s == "fail", _ => throw new InvalidOperationException("boom"));
            Receive<string>(s => s == "count", _ => Sender.Tell(Stash.Count));
            Receive<string>(s => s == "clear", _ =>
            {
                Stash.ClearStash();
                Sender.Tell(Stash.Count);
            });
            Receive<string>(s => s == "twice", _ =>
            {
                Stash.Stash();
                try
                {
                    Stash.Stash();
                }
                catch (IllegalActorStateException e)
                {
                    Sender.Tell(e);
                }
            });
            ReceiveAny(_ => Stash.Stash());
        }

        private void Open() => ReceiveAny(m => Sender.Tell(m));
    }
}
