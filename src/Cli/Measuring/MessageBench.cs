using Akka.Actor;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;

namespace R1Reward.Cli.Measuring;

/// <summary>
/// Messages per second of the actor engine as this program sets it up: from one sender to one actor, between a pair
/// that plays ping-pong, and both over the wire between two systems on the loopback.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class MessageBench(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Messages of a local measurement; over the wire a fortieth, one after another a four-hundredth.
    /// </summary>
    public int Messages { get; init; } = 2_000_000;

    /// <summary>Measures all of it.</summary>
    /// <param name="rounds">Measurements of each, of which the median counts; one more comes before them.</param>
    public async Task<IReadOnlyList<RateRow>> MeasureAsync(int rounds)
    {
        var settings = new ClientSettings([], Tls: null, Configurations.Reference);
        await using var near = ClusterClient.Start(settings);
        await using var far = ClusterClient.Start(settings);
        var local = near.System.ActorOf(Props.Create(() => new MessageEcho()));
        var remote = await RemoteAsync(near.System, far.System);
        var (flown, one) = (Messages / 40, Messages / 400);
        return
        [
            await RowAsync("local tell", rounds, Messages, done => Tell(near.System, done, Messages)),
            await RowAsync("local ping-pong", rounds, Messages, done => Play(near.System, local, done, Messages)),
            await RowAsync("remote, all in flight", rounds, flown, done => Answers(near.System, remote, done, flown)),
            await RowAsync("remote ping-pong", rounds, one, done => Play(near.System, remote, done, one)),
        ];
    }

    private static async Task<IActorRef> RemoteAsync(ActorSystem near, ActorSystem far)
    {
        far.ActorOf(Props.Create(() => new MessageEcho()), "echo");
        var address = ((ExtendedActorSystem)far).Provider.DefaultAddress;
        return await near.ActorSelection($"{address}/user/echo").ResolveOne(Patience);
    }

    private async Task<RateRow> RowAsync(string what, int rounds, int messages, Action<TaskCompletionSource> begin)
    {
        var rates = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var start = time.GetTimestamp();
            begin(done);
            await done.Task.WaitAsync(Patience, time);
            rates.Add(messages / time.GetElapsedTime(start).TotalSeconds);
        }

        // In the first round code is compiled.
        return new RateRow(what, rates.Skip(1).Order().ElementAt(rounds / 2));
    }

    private static void Tell(ActorSystem system, TaskCompletionSource done, int messages)
    {
        var sink = system.ActorOf(Props.Create(() => new MessageSink(done, messages)));
        for (var i = 0; i < messages; i++)
        {
            sink.Tell(RunCommands.GetStatus.Instance, ActorRefs.NoSender);
        }
    }

    private static void Answers(ActorSystem system, IActorRef echo, TaskCompletionSource done, int messages)
    {
        var sink = system.ActorOf(Props.Create(() => new MessageSink(done, messages)));
        for (var i = 0; i < messages; i++)
        {
            echo.Tell(RunCommands.GetStatus.Instance, sink);
        }
    }

    private static void Play(ActorSystem system, IActorRef echo, TaskCompletionSource done, int messages) =>
        system.ActorOf(Props.Create(() => new MessagePlayer(echo, done, messages))).Tell(
            RunCommands.GetStatus.Instance, ActorRefs.NoSender);
}
