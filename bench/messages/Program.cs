// Message rates of the actor engine: one sender to one actor, a pair that plays ping-pong, and both over remoting
// between two systems on the loopback.
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using R1Reward.Bench.Messages;

const int local = 2_000_000;
const int remote = 50_000;
const string remoting = """
    akka { actor.provider = remote, loglevel = WARNING, remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 } }
    """;

var system = ActorSystem.Create("bench", "akka.loglevel = WARNING");
foreach (var round in new[] { "warm-up", "local" })
{
    await Measure(
        $"{round} tell", local, done => Tell(system.ActorOf(Props.Create(() => new Sink(done, local))), local));
    await Measure(
        $"{round} ping-pong",
        local,
        done => PingPong(system, system.ActorOf(Props.Create(() => new Echo())), done, local));
}

await system.Terminate();

var (near, far) = (ActorSystem.Create("bench", remoting), ActorSystem.Create("bench", remoting));
var address = ((ExtendedActorSystem)far).Provider.DefaultAddress;
far.ActorOf(Props.Create(() => new Echo()), "echo");
var echo = await near.ActorSelection($"{address}/user/echo").ResolveOne(TimeSpan.FromSeconds(10));
foreach (var round in new[] { "warm-up", "remote" })
{
    await Measure($"{round} tell and answer, all in flight", remote, done => Answers(near, echo, done, remote));
    await Measure($"{round} ping-pong, one in flight", remote / 10, done => PingPong(near, echo, done, remote / 10));
}

await Task.WhenAll(near.Terminate(), far.Terminate());

static async Task Measure(string what, int messages, Action<TaskCompletionSource> start)
{
    var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    var clock = Stopwatch.StartNew();
    start(done);
    await done.Task.WaitAsync(TimeSpan.FromMinutes(2));
    Console.WriteLine($"{what}: {messages / clock.Elapsed.TotalSeconds:N0} messages/s");
}

static void Tell(IActorRef sink, int messages)
{
    for (var i = 0; i < messages; i++) sink.Tell("message", ActorRefs.NoSender);
}

static void PingPong(ActorSystem system, IActorRef echo, TaskCompletionSource done, int messages) =>
    system.ActorOf(Props.Create(() => new Player(echo, done, messages))).Tell("serve", ActorRefs.NoSender);

static void Answers(ActorSystem system, IActorRef echo, TaskCompletionSource done, int messages)
{
    var sink = system.ActorOf(Props.Create(() => new Sink(done, messages)));
    for (var i = 0; i < messages; i++) echo.Tell("message", sink);
}
