namespace R1Reward.Actors.Protocol;

/// <summary>How a run is going, in all that an operator wants to see.</summary>
/// <param name="Status">The run and its stage.</param>
/// <param name="Epoch">The coordinator's epoch; 0 without a run.</param>
/// <param name="WeightsVersion">The policy version that prompts are sampled by; null without a run.</param>
/// <param name="Throughput">What was sampled of late; null before the first traces.</param>
/// <param name="GivenOutAgain">Items given out again since the coordinator began with the run.</param>
/// <param name="Queues">Open and leased items by the kind of work.</param>
/// <param name="Workers">The workers that have joined the run.</param>
public sealed record RunDetails(
    RunStatus Status,
    int Epoch,
    int? WeightsVersion,
    RunThroughput? Throughput,
    int GivenOutAgain,
    IReadOnlyDictionary<WorkKind, WorkQueue> Queues,
    IReadOnlyList<WorkerDetails> Workers) : IWireMessage
{
    /// <summary>The details of a coordinator without a run.</summary>
    /// <param name="status">How the last one ended, or that there was none.</param>
    public static RunDetails Idle(RunStatus status) => new(
        status,
        Epoch: 0,
        WeightsVersion: null,
        Throughput: null,
        GivenOutAgain: 0,
        new Dictionary<WorkKind, WorkQueue>(),
        Workers: []);
}
