using Akka.Actor;
using R1Reward.Actors.Configuration.Settings;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Speaks to a cluster's coordinator from outside: it is no member, has no vote when the cluster is parted, and comes
/// and goes without anybody's notice. It asks by way of the seed nodes, the next one when one does not answer.
/// </summary>
public sealed class ClusterClient : ICoordinatorLink, IAsyncDisposable
{
    private readonly IReadOnlyList<string> _seeds;
    private int _current;

    private ClusterClient(ActorSystem system, IReadOnlyList<string> seeds)
    {
        System = system;
        _seeds = seeds;
    }

    /// <inheritdoc/>
    public ActorSystem System { get; }

    /// <summary>Starts a client; nobody is asked yet.</summary>
    public static ClusterClient Start(NodeSettings settings) =>
        new(NodeSystem.CreateClient(settings), settings.Seeds);

    /// <inheritdoc/>
    /// <remarks>After a question that nobody answered, the next one goes by way of the next seed.</remarks>
    public async Task<T> AskAsync<T>(object question, TimeSpan patience)
    {
        try
        {
            return await Coordinator.Ask<T>(question, patience);
        }
        catch (AskTimeoutException)
        {
            Interlocked.Increment(ref _current);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Tell(object message) => Coordinator.Tell(message);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await System.Terminate();

    private ActorSelection Coordinator => System.ActorSelection($"{_seeds[_current % _seeds.Count]}/user/proxy");
}
