namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Where a run's pairs come from.</summary>
public enum DataSource
{
    /// <summary>The built-in task, made as it is needed.</summary>
    Scenes,

    /// <summary>Files of pairs on disk.</summary>
    File,
}
