using R1Reward.Actors.Configuration.Settings;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>Chooses where the pairs of a run come from.</summary>
internal static class PairSources
{
    /// <summary>Opens the files or the generator that <c>r1reward.data.source</c> names.</summary>
    /// <exception cref="R1Reward.Data.UserErrorException">A file cannot be read.</exception>
    public static RunPairs Open(RunSettings settings) => settings.Data.Source == DataSource.Scenes
        ? new ScenesPairs(settings.Data.Scenes, settings.Seed, settings.Eval.Pairs, settings.Eval.BothOrders)
        : new FilePairs(settings);
}
