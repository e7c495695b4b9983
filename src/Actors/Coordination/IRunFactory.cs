using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>Makes a submitted run ready: settings, data, starting model, journal, recorder.</summary>
public interface IRunFactory
{
    /// <summary>The run that was under way when the last coordinator on this run storage went away; null when there is none.</summary>
    RunCommands.Submit? Interrupted();

    /// <summary>Makes a run ready, new or continued. Takes seconds; runs outside the actor.</summary>
    /// <exception cref="R1Reward.Data.UserErrorException">Settings or data are wrong.</exception>
    Task<ActiveRun> LoadAsync(RunCommands.Submit submit);

    /// <summary>Notes that a run is not to be taken up by itself any more.</summary>
    void Ended(RunCommands.Submit submit);
}
