using Akka.Actor;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;

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
    public static ClusterClient Start(ClientSettings settings) =>
        new(NodeSystem.CreateClient(settings), settings.Seeds);

    /// <inheritdoc/>
    /// <remarks>After a question that nobody answered, the next one goes by way of the next seed.</remarks>
    public Task<T> AskAsync<T>(object question, TimeSpan patience) => AskAsync<T>(Coordinator, question, patience);

    /// <summary>
    /// Asks all seeds at once who is a member; what is asked next goes to the one that answered first. One that still
    /// waits for its cluster is not believed.
    /// </summary>
    /// <returns>Null when none of them has answered in time.</returns>
    public async Task<ClusterCommands.Members?> FindAsync(TimeSpan patience)
    {
        var asked = _seeds
            .Select((_, seed) => (Seed: seed, Answer: Actor(seed, MembershipActor.Name).Ask<ClusterCommands.Members>(
                ClusterCommands.GetMembers.Instance, patience)))
            .ToList();
        while (asked.Count > 0)
        {
            var ended = await Task.WhenAny(asked.Select(one => one.Answer));
            var (seed, answer) = asked.Find(one => one.Answer == ended);
            if (answer.IsCompletedSuccessfully && (await answer).All.Any(member => member.Status == "up"))
            {
                _current = seed;
                return await answer;
            }

            asked.RemoveAll(one => one.Answer == ended);
        }

        return null;
    }

    /// <summary>Gives an order about a member to the node that answered last.</summary>
    /// <exception cref="AskTimeoutException">It has not answered in time.</exception>
    public Task<ClusterCommands.Ordered> OrderAsync(object order, TimeSpan patience) =>
        AskAsync<ClusterCommands.Ordered>(Actor(_current, MembershipActor.Name), order, patience);

    /// <inheritdoc/>
    public void Tell(object message) => Coordinator.Tell(message);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await System.Terminate();

    private async Task<T> AskAsync<T>(ActorSelection actor, object question, TimeSpan patience)
    {
        try
        {
            return await actor.Ask<T>(question, patience);
        }
        catch (AskTimeoutException)
        {
            Interlocked.Increment(ref _current);
            throw;
        }
    }

    private ActorSelection Coordinator => Actor(_current, "proxy");

    private ActorSelection Actor(int seed, string name) =>
        System.ActorSelection($"{_seeds[seed % _seeds.Count]}/user/{name}");
}
