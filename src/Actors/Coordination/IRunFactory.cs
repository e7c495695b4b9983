using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// Makes a submitted run ready: reads its settings, data and journal, and opens its model and its recorder.
/// </summary>
internal interface IRunFactory
{
    /// <summary>The folder of run folders, in which this coordinator looks for a run that is under way.</summary>
    string Folder { get; }

    /// <summary>The folder of a run by its name.</summary>
    string FolderOf(string run);

    /// <summary>
    /// The run that was under way when the last coordinator on this run storage went away; null when there is none.
    /// </summary>
    /// <exception cref="R1Reward.Data.UserErrorException">What says which run that is cannot be read.</exception>
    RunCommands.Submit? Interrupted();

    /// <summary>
    /// Makes a run ready, whether it is new or continued. Takes seconds on a thread of the pool; before it returns, the
    /// run is noted, so that a coordinator that starts in the meantime takes it up.
    /// </summary>
    /// <param name="submit">The run.</param>
    /// <param name="gone">Its coordinator has ended: the next one takes the run up, and this one no epoch.</param>
    /// <exception cref="R1Reward.Data.UserErrorException">
    /// Settings or data are wrong. A run that is not under way by its journal is noted no more.
    /// </exception>
    /// <exception cref="OperationCanceledException">The coordinator has ended before it took an epoch.</exception>
    Task<ActiveRun> LoadAsync(RunCommands.Submit submit, CancellationToken gone);

    /// <summary>Notes that a run has ended, so that no later coordinator resumes it.</summary>
    void Ended(RunCommands.Submit submit);
}
