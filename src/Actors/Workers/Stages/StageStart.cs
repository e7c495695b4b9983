using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers.Stages;

/// <summary>
/// Brings the state of a stage to where its training goes on, the same on all ranks: to where those are that hold most
/// of its steps, else to its last checkpoint, else to its beginning. For one thread.
/// </summary>
/// <param name="stage">What is trained.</param>
/// <param name="folder">The run folder, where checkpoints are.</param>
/// <param name="bulk">Where the starting weights come from.</param>
internal sealed class StageStart(Stage stage, RunFolder folder, BulkHub bulk) : IDisposable
{
    private readonly WriteClaim _claim = new(folder);
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
        int[] steps = [.. ranks.Gather([State?.Step ?? -1]).Select(one => (int)one[0])];
        var most = steps.Max();
        if (steps.Any(other => other != most))
        {
            if (ranks.Rank == Array.IndexOf(steps, most))
            {
                _claim.Claim(stage.Partial, key);
                State!.SaveForContinuation(partial);
            }

            ranks.Gather([0]);
        }

        if (State is null || State.Step != most)
        {
            Dispose();
            var start = bulk.FolderOfAsync(work.Model.Blob, cancel).GetAwaiter().GetResult();
            Volatile.Write(ref _state, stage.Load(start, partial));
        }

        State!.Ranks = ranks;
        State.Likeness(stage.Name + "-worker").Require(ranks, work.Seat);
        return partial;
    }

    /// <summary>Frees the state that is kept.</summary>
    public void Dispose()
    {
        _state?.Dispose();
        Volatile.Write(ref _state, null);
    }
}
