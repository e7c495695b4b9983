using R1Reward.Actors.Configuration.Settings;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>Opens the pairs that a run's settings name.</summary>
public static class PairSources
{
    /// <summary>Opens them.</summary>
    /// <exception cref="R1Reward.Data.UserErrorException">A file cannot be read.</exception>
    public static RunPairs Open(RunSettings settings) => settings.Data.Source == DataSource.Scenes
        ? new ScenesPairs(settings.Data.Scenes, settings.Seed, settings.Eval.Pairs, settings.Eval.BothOrders)
        : new FilePairs(settings);
}
