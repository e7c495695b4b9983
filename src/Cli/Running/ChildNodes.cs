using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using Serilog;

namespace R1Reward.Cli.Running;

/// <summary>
/// Further nodes on this machine, each a process of its own with some of the roles. One that dies is removed from the
/// cluster at once and started again, one that the cluster has removed because it does not answer is ended and started
/// again; all end with this object.
/// </summary>
internal sealed class ChildNodes : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<ChildNode, IReadOnlyList<NodeRole>> _running = [];
    private readonly TaskCompletionSource<Cluster> _cluster = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _configuration;
    private readonly Task[] _nodes;

    private ChildNodes(string configuration, IEnumerable<IReadOnlyList<NodeRole>> roles)
    {
        _configuration = configuration;
        _nodes = [.. roles.Select(KeepAsync)];
    }

    /// <summary>Whether a child ended because of a user's mistake, which it has printed.</summary>
    public bool HasUserError { get; private set; }

    /// <summary>
    /// Starts one process per set of roles, each of which gets ready beside this one and waits for <see cref="Join"/>.
    /// </summary>
    /// <param name="configuration">The configuration, all that the children need.</param>
    /// <param name="roles">The roles of each.</param>
    public static ChildNodes Start(EffectiveConfiguration configuration, params IReadOnlyList<NodeRole>[] roles)
    {
        // In a folder that only this user can enter: headers for a judge may hold a key.
        var folder = Directory.CreateTempSubdirectory("r1reward-").FullName;
        var path = Path.Combine(folder, $"r1reward-node-{Environment.ProcessId}.conf");
        File.WriteAllText(path, configuration.PrintWithAkka());
        return new ChildNodes(path, roles);
    }

    /// <summary>Has all of them join the cluster of which this process is a member.</summary>
    public void Join(Cluster cluster)
    {
        cluster.System.ActorOf(Props.Create(() => new RemovalWatch(this)), "children");
        _cluster.SetResult(cluster);
    }

    public void Dispose()
    {
        _ending.Cancel();
        Task.WaitAll(_nodes);
        _ending.Dispose();
        Directory.Delete(Path.GetDirectoryName(_configuration)!, recursive: true);
    }

    private async Task KeepAsync(IReadOnlyList<NodeRole> roles)
    {
        while (!_ending.IsCancellationRequested)
        {
            using var child = ChildNode.Start(_configuration, roles);
            _running[child] = roles;
            try
            {
                var cluster = await _cluster.Task.WaitAsync(_ending.Token);
                child.Join($"{cluster.SelfAddress}");
                await child.EndedAsync(_ending.Token);
                _running.TryRemove(child, out _);
                if (child.ExitCode == ExitCode.UserError)
                {
                    HasUserError = true;
                    return;
                }

                Log.Warning(
                    "the node with {Roles} ended with exit code {Code}; it is started again", roles, child.ExitCode);
                if (child.Address is { } address)
                {
                    // What is known to be dead need not be missed for ten seconds first.
                    cluster.Down(Address.Parse(address));
                }

                await Task.Delay(Pause, TimeProvider.System, _ending.Token);
            }
            catch (OperationCanceledException)
            {
                _running.TryRemove(child, out _);
                await child.EndAsync();
            }
        }
    }

    private void EndRemoved(string address)
    {
        foreach (var (child, roles) in _running.Where(running => running.Key.Address == address))
        {
            Log.Warning("the node with {Roles} does not answer and left the cluster; its process is ended", roles);
            child.Kill();
        }
    }

    private sealed class RemovalWatch : ReceiveActor
    {
        private readonly Cluster _cluster = Cluster.Get(Context.System);

        public RemovalWatch(ChildNodes children) => Receive<ClusterEvent.MemberRemoved>(message =>
        {
            if (message.PreviousStatus == MemberStatus.Down)
            {
                children.EndRemoved($"{message.Member.Address}");
            }
        });

        protected override void PreStart() => _cluster.Subscribe(Self, typeof(ClusterEvent.MemberRemoved));

        protected override void PostStop() => _cluster.Unsubscribe(Self);
    }
}
