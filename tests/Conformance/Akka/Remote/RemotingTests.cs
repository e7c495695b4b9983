using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;

namespace R1Reward.Conformance.AkkaRemote;

public sealed class RemotingTests : IAsyncDisposable
{
    private readonly Nodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Messages_between_a_pair_arrive_in_order()
    {
        var (here, there) = (_nodes.Remote(), _nodes.Remote());
        var (recorder, messages) = Recorder.Start(there);
        var target = await Nodes.Reach(here, recorder);
        for (var i = 0; i < 2000; i++) target.Tell(i);
        await Eventually.Be(() => messages.Count == 2000);
        Assert.Equal(Enumerable.Range(0, 2000), messages.Cast<int>());
    }

    [Fact]
    public async Task An_answer_finds_its_ask()
    {
        var (here, there) = (_nodes.Remote(), _nodes.Remote());
        var echo = await Nodes.Reach(here, there.ActorOf(Props.Create(() => new Echo())));
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => echo.Ask<string>($"question {i}", TimeSpan.FromSeconds(10))));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"question {i}"), answers);
    }

    [Fact]
    public async Task A_ref_sent_to_another_system_still_names_its_actor()
    {
        var (here, there) = (_nodes.Remote(), _nodes.Remote());
        var (recorder, messages) = Recorder.Start(here);
        var echo = await Nodes.Reach(here, there.ActorOf(Props.Create(() => new Echo())));
        var back = await echo.Ask<IActorRef>(recorder, TimeSpan.FromSeconds(10));
        Assert.Equal(recorder, back);
        back.Tell("home");
        await Eventually.Be(() => messages.Contains("home"));
    }

    [Fact]
    public async Task A_watcher_hears_once_that_a_remote_actor_stopped()
    {
        var (here, there) = (_nodes.Remote(), _nodes.Remote());
        var echo = await Nodes.Reach(here, there.ActorOf(Props.Create(() => new Echo())));
        var (watcher, messages) = Recorder.Start(here);
        watcher.Tell(new Recorder.Watch(echo));
        await echo.Ask<string>("there", TimeSpan.FromSeconds(10));
        echo.Tell(PoisonPill.Instance);
        await Eventually.Be(() => messages.OfType<Terminated>().Any());
        var ended = Assert.Single(messages.OfType<Terminated>());
        Assert.Equal(echo, ended.ActorRef);
        Assert.True(ended.ExistenceConfirmed);
        Assert.False(ended.AddressTerminated);
    }

    [Fact]
    public async Task A_watcher_hears_that_a_remote_system_fell_silent()
    {
        var (here, there) = (_nodes.Remote(), _nodes.Remote());
        // Stopped actors would report their own end: this one does not run any more, as after a crash.
        var path = there.ActorOf(Props.Create(() => new Echo()), "echo").Path.ToStringWithAddress(Nodes.AddressOf(there));
        await here.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(10));
        await there.Terminate();
        var (watcher, messages) = Recorder.Start(here);
        watcher.Tell(new Recorder.Watch(((ExtendedActorSystem)here).Provider.ResolveActorRef(path)));
        await Eventually.Be(() => messages.OfType<Terminated>().Any());
        Assert.Single(messages.OfType<Terminated>());
    }

    [Fact]
    public async Task An_oversized_message_is_logged_and_dropped_and_the_link_lives_on()
    {
        var (here, there) = (_nodes.Remote(), _nodes.Remote());
        var (target, messages) = Recorder.Start(there);
        var (log, errors) = Recorder.Start(here);
        here.EventStream.Subscribe(log, typeof(Error));
        var remote = await Nodes.Reach(here, target);
        remote.Tell(new string('x', 200_000));
        remote.Tell("small");
        await Eventually.Be(() => messages.Contains("small"));
        Assert.Single(messages);
        await Eventually.Be(() => errors.OfType<Error>().Any(e => e.ToString().Contains("oversized", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_system_without_the_type_name_serializer_refuses_its_frames_and_stays_connected()
    {
        const string refusing = """
            akka.actor {
              serializers.json = "R1Reward.Conformance.AkkaRemote.RefusingSerializer, R1Reward.Conformance"
              serialization-bindings { "System.Object" = json }
            }
            """;
        var foreign = _nodes.Remote();
        var closed = _nodes.Remote(refusing);
        var (target, messages) = Recorder.Start(closed);
        var remote = await Nodes.Reach(foreign, target);
        remote.Tell(new Foreign("by type name"));
        remote.Tell("by manifest");
        await Eventually.Be(() => messages.Contains("by manifest"));
        Assert.Single(messages);
    }

    public sealed record Foreign(string Text);
}

/// <summary>Takes the place of the default serializer, whose identifier is 1, and reads nothing.</summary>
public sealed class RefusingSerializer : Serializer
{
    public RefusingSerializer(ExtendedActorSystem system) : base(system) { }

    public RefusingSerializer(ExtendedActorSystem system, Config config) : base(system) => _ = config;

    public override int Identifier => 1;
    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw Refusal(obj.GetType().Name);
    public override object FromBinary(byte[] bytes, Type type) => throw Refusal("a frame");

    private static System.Runtime.Serialization.SerializationException Refusal(string what) => new($"{what}: type names are not accepted here");
}
