using Akka.Configuration;

namespace Akka.Remote;

/// <summary>`akka.cluster.failure-detector` and `akka.remote.watch-failure-detector`.</summary>
internal sealed record FailureDetectorSettings(
    TimeSpan HeartbeatInterval,
    double Threshold,
    int MaxSampleSize,
    TimeSpan MinStdDeviation,
    TimeSpan AcceptableHeartbeatPause,
    TimeSpan ExpectedResponseAfter)
{
    public static FailureDetectorSettings From(Config config)
    {
        var settings = new FailureDetectorSettings(
            config.GetTimeSpan("heartbeat-interval"),
            config.GetDouble("threshold"),
            config.GetInt("max-sample-size"),
            config.GetTimeSpan("min-std-deviation"),
            config.GetTimeSpan("acceptable-heartbeat-pause"),
            config.GetTimeSpan("expected-response-after"));
        if (settings.HeartbeatInterval <= TimeSpan.Zero || settings.Threshold <= 0 || settings.MaxSampleSize <= 0 || settings.MinStdDeviation <= TimeSpan.Zero)
            throw new ConfigurationException($"Failure detector: heartbeat-interval, threshold, max-sample-size and min-std-deviation must be positive, got {settings}");
        return settings;
    }
}
