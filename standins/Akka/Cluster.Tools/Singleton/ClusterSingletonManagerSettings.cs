using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Tools.Singleton;

public sealed class ClusterSingletonManagerSettings : INoSerializationVerificationNeeded
{
    internal ClusterSingletonManagerSettings(string singletonName, string role, TimeSpan removalMargin, TimeSpan handOverRetryInterval)
    {
        if (string.IsNullOrWhiteSpace(singletonName)) throw new ArgumentNullException(nameof(singletonName));
        if (removalMargin < TimeSpan.Zero) throw new ArgumentException("removalMargin must not be negative", nameof(removalMargin));
        if (handOverRetryInterval <= TimeSpan.Zero) throw new ArgumentException("handOverRetryInterval must be positive", nameof(handOverRetryInterval));
        SingletonName = singletonName;
        Role = role;
        RemovalMargin = removalMargin;
        HandOverRetryInterval = handOverRetryInterval;
    }

    public static ClusterSingletonManagerSettings Create(ActorSystem system)
    {
        Cluster.Get(system);
        return Create(system.Settings.Config.GetConfig("akka.cluster.singleton"));
    }

    public static ClusterSingletonManagerSettings Create(Config config) => new(
        config.GetString("singleton-name"),
        NullIfEmpty(config.GetString("role")),
        TimeSpan.Zero,
        config.GetTimeSpan("hand-over-retry-interval"));

    public string SingletonName { get; }

    /// <summary>Null: every member.</summary>
    public string Role { get; }

    /// <summary>Zero: akka.cluster.down-removal-margin.</summary>
    public TimeSpan RemovalMargin { get; }

    public TimeSpan HandOverRetryInterval { get; }

    public ClusterSingletonManagerSettings WithSingletonName(string singletonName) => new(singletonName, Role, RemovalMargin, HandOverRetryInterval);
    public ClusterSingletonManagerSettings WithRole(string role) => new(SingletonName, role, RemovalMargin, HandOverRetryInterval);
    public ClusterSingletonManagerSettings WithRemovalMargin(TimeSpan removalMargin) => new(SingletonName, Role, removalMargin, HandOverRetryInterval);
    public ClusterSingletonManagerSettings WithHandOverRetryInterval(TimeSpan handOverRetryInterval) => new(SingletonName, Role, RemovalMargin, handOverRetryInterval);

    internal static string NullIfEmpty(string role) => string.IsNullOrEmpty(role) ? null : role;
}
