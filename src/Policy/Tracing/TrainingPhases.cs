using System.Diagnostics;

namespace R1Reward.Policy.Tracing;

/// <summary>
/// When training does what: activities of .NET for whatever listens to their source, which a profiler or OpenTelemetry
/// does. Where nothing listens, none is made.
/// </summary>
public static class TrainingPhases
{
    /// <summary>Name of the source of these activities.</summary>
    public const string SourceName = "R1Reward.Training";

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>The forward pass of a micro-batch through the layers of a model.</summary>
    public static Activity? Forward() => Begin("forward");

    /// <summary>What follows the layers, the loss, the backward pass; in two parts where layers run singly.</summary>
    public static Activity? Backward() => Begin("backward");

    /// <summary>The exchange of a bucket of gradients with other ranks, beside the backward pass or after it.</summary>
    public static Activity? Exchange() => Begin("exchange");

    /// <summary>The change of the weights by an optimiser, with what ranks then tell each other of it.</summary>
    public static Activity? Step() => Begin("step");

    /// <summary>The publication of new weights for those who sample with them.</summary>
    public static Activity? Publish() => Begin("publish");

    /// <summary>The writing of what one rank has of a checkpoint to the run folder.</summary>
    public static Activity? Checkpoint() => Begin("checkpoint");

    private static Activity? Begin(string phase) => _source.StartActivity(phase);
}
