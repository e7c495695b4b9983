using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// How a node becomes a member: it joins whom its seeds know, and founds a cluster only if it is told to.
/// </summary>
/// <remarks>
/// A node without seeds is a cluster of its own. A node that is told to found one asks the other seeds first, so that
/// it joins the cluster that is there when it is started again. With <c>akka.cluster.min-nr-of-members</c> above 1, a
/// founder that reaches nobody never comes up, takes no run, and gives up after <c>r1reward.node.join-timeout</c>.
/// Where it is still alone some time after it reaches another seed, as on a host that was cut off and is no longer,
/// that seed has a cluster already: the founder gives up at once, and joins it when it is started again.
/// </remarks>
internal static class Membership
{
    // Another seed that starts at the same time joins within seconds of listening.
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Joins and waits until the node is up.</summary>
    /// <exception cref="CannotJoinException">
    /// It is not up in time, or has a cluster of its own beside that of the others; the actor system has ended.
    /// </exception>
    /// <exception cref="UserErrorException">
    /// The members that are there are of another build, or have settings that all must share; it has left again.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the actor system has ended.</exception>
    public static async Task JoinAsync(Cluster cluster, NodeSettings settings, CancellationToken stop)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => up.TrySetResult());
        if (settings.Seeds.Count == 0)
        {
            cluster.Join(cluster.SelfAddress);
        }
        else
        {
            cluster.JoinSeedNodes(Order(cluster.SelfAddress, settings));
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(settings.JoinTimeout);
        var isIsolated = IsIsolatedAsync(cluster, settings, patience.Token);
        if (await Task.WhenAny(up.Task, isIsolated) == isIsolated && !up.Task.IsCompleted)
        {
            var problem = await isIsolated ? Isolated : Problem(cluster, settings);
            await cluster.System.Terminate();
            stop.ThrowIfCancellationRequested();
            throw new CannotJoinException(problem);
        }

        var self = cluster.SelfMember;
        if (cluster.State.Members.Select(other => Fault(self, other)).FirstOrDefault(IsFault) is { } fault)
        {
            await CoordinatedShutdown.Get(cluster.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
            throw new UserErrorException($"this node cannot work in the cluster that it has joined: {fault}.");
        }

        static bool IsFault(string? text) => text is not null;
    }

    // Whether the node is alone in a cluster of its own although it has reached another seed for some time; false when
    // patience is over, or the caller gave up.
    private static async Task<bool> IsIsolatedAsync(Cluster cluster, NodeSettings settings, CancellationToken patience)
    {
        var others = settings.Seeds.Select(Address.Parse).Where(seed => !seed.Equals(cluster.SelfAddress)).ToList();
        try
        {
            while (true)
            {
                await Task.Delay(Pause, TimeProvider.System, patience);
                if (cluster.State.Members.Count == 1 && await AnyAnswersAsync(others, patience))
                {
                    await Task.Delay(Alone, TimeProvider.System, patience);
                    if (cluster.State.Members.Count == 1)
                    {
                        return true;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<bool> AnyAnswersAsync(IReadOnlyList<Address> seeds, CancellationToken cancel)
    {
        foreach (var seed in seeds)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(Pause);
            if (await SeedAddress.AnswersAsync(seed, limit.Token))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Why a member cannot work with one that was there before it; null where it can, or is the older of the two.
    /// </summary>
    public static string? Fault(Member newcomer, Member other) => other.Status == MemberStatus.Up
        && other.IsOlderThan(newcomer)
        ? BuildOf(newcomer).Fault(BuildOf(other), $"{newcomer.Address}", $"{other.Address}")
        : null;

    /// <summary>
    /// The seeds in the order in which the engine is to ask them: it founds a cluster where the node itself is the
    /// first and no other answers.
    /// </summary>
    internal static ImmutableList<Address> Order(Address self, NodeSettings settings)
    {
        var others = settings.Seeds.Select(Address.Parse).Where(seed => !seed.Equals(self));
        return [.. settings.Founds ? others.Prepend(self) : others];
    }

    private static NodeBuild BuildOf(Member member) => NodeBuild.Parse(member.AppVersion.Version);

    private const string Isolated = "this node has founded a cluster in which it is alone, and reaches the other seeds "
        + "now, which have one without it: start it again, and it joins them.";

    private static string Problem(Cluster cluster, NodeSettings settings)
    {
        var waited = $"within {settings.JoinTimeout.TotalSeconds} s";
        var members = cluster.State.Members.Count;
        var wanted = cluster.Settings.MinNrOfMembers;
        if (members >= wanted)
        {
            return $"this node is not up {waited} in a cluster of {members} members: newcomers wait while one of them "
                + "does not answer, until that one is removed. Start it again, or raise r1reward.node.join-timeout.";
        }

        if (members > 0)
        {
            return $"the cluster of this node has {members} members {waited}, of {wanted} that it wants "
                + "(akka.cluster.min-nr-of-members): start the others, or look why they are not reached.";
        }

        var seeds = string.Join(", ", settings.Seeds);
        return $"no cluster joined {waited} by way of {seeds}. This node is {cluster.SelfAddress}. Start a node on one "
            + "of these addresses, or correct akka.cluster.seed-nodes; the node that founds the cluster is started "
            + "with r1reward.node.found = on.";
    }
}
