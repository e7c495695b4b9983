using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Cli.Running;

/// <summary>
/// All settings of a run and of this node, read and checked as far as that can be done without starting anything.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Node">This process.</param>
internal sealed record CheckedSettings(RunSettings Run, NodeSettings Node)
{
    /// <summary>Reads a configuration and checks it.</summary>
    /// <param name="reader">Its reader.</param>
    /// <param name="configuration">The configuration, for the engine.</param>
    /// <exception cref="R1Reward.Data.UserErrorException">With every mistake, one per line.</exception>
    public static CheckedSettings Read(SettingsReader reader, EffectiveConfiguration configuration)
    {
        var node = NodeSettings.Read(reader, configuration.Config);
        Logging.Levels(reader);
        var run = RunSettings.Read(reader);
        BuildTerms(reader, run);
        return new CheckedSettings(run, node);
    }

    // Terms tell what is wrong with their options when they are built; none sends anything then.
    private static void BuildTerms(SettingsReader reader, RunSettings run)
    {
        var time = TimeProvider.System;
        using var factory = new RewardFactory(
            RewardSettings.Services(run, options => new OpenAiJudgeClient(options, time), time));
        factory.Build(run.Rewards.Terms, reader.Named("r1reward.rewards.terms"));
        factory.Build(run.Rewards.EvalTerms, reader.Named("r1reward.rewards.eval-terms"));
    }
}
