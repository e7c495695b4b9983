using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>A run that is ready or under way.</summary>
/// <param name="Submit">What was submitted.</param>
/// <param name="Born">When its folder was begun: a run of the same name in a folder made anew is another run.</param>
/// <param name="Plan">What it consists of.</param>
/// <param name="ColdStartSteps">Steps of its cold start.</param>
/// <param name="Ledger">Its books.</param>
/// <param name="Machine">Its state machine.</param>
/// <param name="Lease">How long items stay a worker's own.</param>
/// <param name="Recorder">Closed with the run.</param>
public sealed record ActiveRun(
    RunCommands.Submit Submit,
    DateTimeOffset Born,
    RunPlan Plan,
    int ColdStartSteps,
    WorkLedger Ledger,
    RunMachine Machine,
    TimeSpan Lease,
    IDisposable Recorder) : IDisposable
{
    /// <summary>Its name.</summary>
    public string RunId => Submit.RunId;

    /// <summary>What workers are told about it.</summary>
    public ToWorker.Welcome Welcome => new(Ledger.Epoch, $"{RunId}@{Born.UtcTicks}", Submit.Settings, Submit.Folder, Lease);

    /// <inheritdoc/>
    public void Dispose() => Recorder.Dispose();
}
