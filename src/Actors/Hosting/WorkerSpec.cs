using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;

namespace R1Reward.Actors.Hosting;

/// <summary>One worker that a node runs.</summary>
/// <param name="Name">Name of its actor, for example <c>rollout-0</c>.</param>
/// <param name="Kind">The work it does.</param>
/// <param name="Build">Builds its engine.</param>
internal sealed record WorkerSpec(string Name, WorkKind Kind, EngineFactory Build)
{
    /// <summary>
    /// The workers that a run wants beside this one, for it names more devices; null where no run ever does. Not for an
    /// actor's thread: it may look for GPUs.
    /// </summary>
    public Func<ToWorker.Welcome, IReadOnlyList<WorkerSpec>>? Beside { get; init; }
}
