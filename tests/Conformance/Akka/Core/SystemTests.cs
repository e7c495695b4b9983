using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace R1Reward.Conformance.AkkaCore;

public sealed class SystemTests
{
    private static readonly Config Dispatchers = ConfigurationFactory.ParseString("""
        own { type = ForkJoinDispatcher, throughput = 5, dedicated-thread-pool { thread-count = 1, threadtype = background } }
        pinned { type = PinnedDispatcher }
        tasks { type = TaskDispatcher }
        """);

    [Theory]
    [InlineData("own", false)]
    [InlineData("pinned", false)]
    [InlineData("tasks", true)]
    [InlineData("", true)]
    public async Task Dispatchers_run_actors_on_their_threads(string dispatcher, bool onPool)
    {
        var system = ActorSystem.Create("dispatch", Dispatchers);
        var props = Props.Create(() => new WhereAmI());
        var actor = system.ActorOf(dispatcher == "" ? props : props.WithDispatcher(dispatcher));
        Assert.Equal(onPool, (await actor.Ask<Where>("?", TimeSpan.FromSeconds(3))).OnPool);
        await system.Terminate();
    }

    [Fact]
    public async Task A_pinned_actor_keeps_its_thread_and_two_have_two()
    {
        var system = ActorSystem.Create("dispatch", Dispatchers);
        var first = system.ActorOf(Props.Create(() => new WhereAmI()).WithDispatcher("pinned"));
        var second = system.ActorOf(Props.Create(() => new WhereAmI()).WithDispatcher("pinned"));
        var threads = new HashSet<int>();
        for (var i = 0; i < 5; i++) threads.Add((await first.Ask<Where>("?", TimeSpan.FromSeconds(3))).Thread);
        Assert.Single(threads);
        Assert.DoesNotContain((await second.Ask<Where>("?", TimeSpan.FromSeconds(3))).Thread, threads);
        await system.Terminate();
    }

    [Fact]
    public async Task Who_finds_an_actor_while_it_is_made_is_heard_after_its_start()
    {
        var system = ActorSystem.Create("making");
        var made = new ConcurrentQueue<string>();
        for (var i = 0; i < 50; i++)
        {
            var name = $"child-{i}";
            var finder = Task.Run(async () =>
            {
                var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var asker = system.ActorOf(Props.Create(() => new Listener(answer)));
                var selection = system.ActorSelection("/user/" + name);
                for (var asked = 0; !answer.Task.IsCompleted && asked < 100_000; asked++) selection.Tell("there?", asker);
                await answer.Task.WaitAsync(TimeSpan.FromSeconds(10));
                system.Stop(asker);
            });
            system.ActorOf(Props.Create(() => new Made(made)), name);
            await finder;
            Assert.Equal(i + 1, made.Count);
        }

        await system.Terminate();
    }

    [Fact]
    public async Task An_unknown_dispatcher_is_an_error_at_creation()
    {
        var system = ActorSystem.Create("dispatch", Dispatchers);
        Assert.Throws<ConfigurationException>(() => system.ActorOf(Props.Create(() => new WhereAmI()).WithDispatcher("nowhere")));
        await system.Terminate();
    }

    [Fact]
    public async Task Terminate_stops_the_actors_and_ends()
    {
        var system = ActorSystem.Create("ending");
        var stopped = new TaskCompletionSource();
        system.ActorOf(Props.Create(() => new SaysStopped(stopped)));
        var called = false;
        system.RegisterOnTermination(() => called = true);
        await system.Terminate().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(stopped.Task.IsCompleted);
        Assert.True(called);
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Setups_carry_the_configuration_and_typed_settings()
    {
        var setup = BootstrapSetup.Create().WithConfig("own.key = 5").WithActorRefProvider(ProviderSelection.Local.Instance).And(new Own(7));
        var system = ActorSystem.Create("setup", setup);
        Assert.Equal(5, system.Settings.Config.GetInt("own.key"));
        Assert.Equal(7, system.Settings.Setup.Get<Own>().Value.Value);
        Assert.Equal("akka://setup", ((ExtendedActorSystem)system).Provider.DefaultAddress.ToString());
        await system.Terminate();
    }

    [Fact]
    public void A_system_name_has_letters_digits_and_inner_hyphens() =>
        Assert.Throws<ArgumentException>(() => ActorSystem.Create("not valid"));

    [Theory]
    [InlineData("akka.tcp://sys@host:25520", "akka.tcp", "sys", "host", 25520)]
    [InlineData("akka://sys", "akka", "sys", null, null)]
    public void Addresses_are_read_and_written(string text, string protocol, string system, string? host, int? port)
    {
        var address = Address.Parse(text);
        Assert.Equal(new Address(protocol, system, host, port), address);
        Assert.Equal(text, address.ToString());
        Assert.Equal(host is null, address.HasLocalScope);
    }

    [Fact]
    public void Paths_are_read_with_their_uid_and_equal_without_it()
    {
        var path = ActorPath.Parse("akka.tcp://sys@host:1/user/a/b#77");
        Assert.Equal(77, path.Uid);
        Assert.Equal("b", path.Name);
        Assert.Equal(["user", "a", "b"], path.Elements);
        Assert.Equal("akka.tcp://sys@host:1/user/a", path.Parent.ToString());
        Assert.Equal("akka.tcp://sys@host:1/user/a/b#77", path.ToSerializationFormat());
        Assert.Equal(ActorPath.Parse("akka.tcp://sys@host:1/user/a/b"), path);
        Assert.Equal("/user/a/b", path.ToStringWithoutAddress());
        Assert.False(Address.TryParse("http://host", out _));
    }

    private sealed record Where(bool OnPool, int Thread);

    private sealed class WhereAmI : ReceiveActor
    {
        public WhereAmI() => ReceiveAny(_ => Sender.Tell(new Where(Thread.CurrentThread.IsThreadPoolThread, Environment.CurrentManagedThreadId)));
    }

    private sealed class SaysStopped : UntypedActor
    {
        private readonly TaskCompletionSource _stopped;

        public SaysStopped(TaskCompletionSource stopped) => _stopped = stopped;

        protected override void PostStop() => _stopped.TrySetResult();
        protected override void OnReceive(object message) { }
    }

    private sealed class Own(int value) : Setup
    {
        public int Value { get; } = value;
    }

    private sealed class Made : UntypedActor
    {
        public Made(ConcurrentQueue<string> made) => made.Enqueue(Self.Path.Name);

        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Listener(TaskCompletionSource answer) : UntypedActor
    {
        protected override void OnReceive(object message) => answer.TrySetResult();
    }
}
