using R1Reward.Cli.Running;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Heads;

namespace R1Reward.Cli.Serving;

/// <summary>Opens the models that give responses scores.</summary>
internal static class Scorers
{
    /// <summary>Whether a folder is that of a scalar model.</summary>
    public static bool IsScalar(string folder) => !LoraConfig.IsIn(folder)
        && File.Exists(Path.Combine(folder, "config.json")) && ScalarFolder.IsIn(folder);

    /// <summary>Loads a scalar model or a judge, whichever the folder holds.</summary>
    /// <exception cref="R1Reward.Data.UserErrorException">It holds neither, or an option does not fit it.</exception>
    public static async Task<IResponseScorer> OpenAsync(JudgeModelOptions model, JudgeScorerOptions judging) =>
        IsScalar(model.Model)
            ? await ScalarScorer.LoadAsync(model)
            : await JudgeScorer.StartAsync(model, judging);
}
