using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Tools.Singleton;

public sealed class ClusterSingletonProxySettings : INoSerializationVerificationNeeded
{
    internal ClusterSingletonProxySettings(string singletonName, string role, TimeSpan singletonIdentificationInterval, int bufferSize)
    {
        if (string.IsNullOrEmpty(singletonName)) throw new ArgumentNullException(nameof(singletonName));
        if (singletonIdentificationInterval <= TimeSpan.Zero)
            throw new ArgumentException("singletonIdentificationInterval must be positive", nameof(singletonIdentificationInterval));
        if (bufferSize is < 0 or > 10000) throw new ArgumentException("bufferSize must be between 0 and 10000", nameof(bufferSize));
        SingletonName = singletonName;
        Role = role;
        SingletonIdentificationInterval = singletonIdentificationInterval;
        BufferSize = bufferSize;
    }

    public static ClusterSingletonProxySettings Create(ActorSystem system)
    {
        Cluster.Get(system);
        var config = system.Settings.Config.GetConfig("akka.cluster.singleton-proxy");
        return new ClusterSingletonProxySettings(
            config.GetString("singleton-name"),
            ClusterSingletonManagerSettings.NullIfEmpty(config.GetString("role")),
            config.GetTimeSpan("singleton-identification-interval"),
            config.GetInt("buffer-size"));
    }

    public string SingletonName { get; }

    /// <summary>Null: every member.</summary>
    public string Role { get; }

    public TimeSpan SingletonIdentificationInterval { get; }

    /// <summary>Messages kept while the singleton is unknown.</summary>
    public int BufferSize { get; }

    public ClusterSingletonProxySettings WithSingletonName(string singletonName) => new(singletonName, Role, SingletonIdentificationInterval, BufferSize);
    public ClusterSingletonProxySettings WithRole(string role) => new(SingletonName, role, SingletonIdentificationInterval, BufferSize);
    public ClusterSingletonProxySettings WithSingletonIdentificationInterval(TimeSpan singletonIdentificationInterval) => new(SingletonName, Role, singletonIdentificationInterval, BufferSize);
    public ClusterSingletonProxySettings WithBufferSize(int bufferSize) => new(SingletonName, Role, SingletonIdentificationInterval, bufferSize);
}
