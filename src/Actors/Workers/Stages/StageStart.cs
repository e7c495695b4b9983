using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Training;
using Serilog;

namespace R1Reward.Actors.Workers.Stages;

/// <summary>
/// Brings the state of a stage to where its training goes on, the same on all ranks: to where those are that hold most
/// of its steps, unless a part of that was lost with a rank; else to its last checkpoint, else to its beginning. For
/// one thread.
/// </summary>
/// <param name="stage">What is trained.</param>
/// <param name="folder">The run folder, where checkpoints are.</param>
/// <param name="bulk">Where the starting weights come from.</param>
internal sealed class StageStart(Stage stage, RunFolder folder, BulkHub bulk) : IDisposable
{
    private StageState? _state;

    /// <summary>The state, kept where the item was given up between two steps; null before the first.</summary>
    public StageState? State => Volatile.Read(ref _state);

    /// <summary>Goes on from the state that is there, or loads one in its place.</summary>
    /// <param name="key">The hand-out.</param>
    /// <param name="work">The item.</param>
    /// <param name="ranks">Who does it together.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The place of checkpoints to go on from.</returns>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    /// <exception cref="UserErrorException">The ranks' models differ.</exception>
    public TrainingCheckpoint Prepare(WorkKey key, StageWork work, ICollective ranks, CancellationToken cancel)
    {
        var partial = ranks.Rank == 0
            ? InterruptedTraining.Take(folder, stage.Partial, key)
            : InterruptedTraining.Of(folder, stage.Partial, key);
        // Nobody looks for a checkpoint before the first one has taken it over.
        ranks.Gather([0]);
        var isKept = State is { IsBetweenSteps: true };
        var isTorn = State is { IsBetweenSteps: false };
        if (!isKept)
        {
            Load(work, partial, ranks, cancel);
        }

        State!.Ranks = ranks;
        State.Likeness(stage.Name + "-worker").Require(ranks, work.Seat);
        var hasAll = State.TakeFromFurthest();
        if (!hasAll && isKept)
        {
            Load(work, partial, ranks, cancel);
        }

        if (ranks.Rank == 0 && (isTorn || !hasAll))
        {
            Log.Warning(
                "{Item}: a part of its state was lost with a worker; it goes on from its last checkpoint, step {Step}",
                key.Id,
                State.Step);
        }

        return partial;
    }

    /// <summary>Frees the state that is kept.</summary>
    public void Dispose()
    {
        _state?.Dispose();
        Volatile.Write(ref _state, null);
    }

    private void Load(StageWork work, TrainingCheckpoint partial, ICollective ranks, CancellationToken cancel)
    {
        Dispose();
        var start = bulk.FolderOfAsync(work.Model.Blob, cancel).GetAwaiter().GetResult();
        Volatile.Write(ref _state, stage.Load(start, partial, ranks));
    }
}
