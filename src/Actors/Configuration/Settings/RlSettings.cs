using R1Reward.Data.Options;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How reinforcement learning samples, scores and updates.</summary>
public sealed record RlSettings
{
    /// <summary>How many updates there are.</summary>
    public int Steps => Optimizer.Steps;

    /// <summary>Prompts of one update.</summary>
    public required int PromptsPerStep { get; init; }

    /// <summary>Samples of each prompt.</summary>
    public required int SamplesPerPrompt { get; init; }

    /// <summary>Traces of one optimiser step.</summary>
    public required int TrainBatchSize { get; init; }

    /// <summary>Passes over the batch.</summary>
    public required int Epochs { get; init; }

    /// <summary>The policy loss and what is added to it.</summary>
    public required PolicyObjective Objective { get; init; }

    /// <summary>Whether a step that is not finite is left out instead of ending the run.</summary>
    public required bool SkipNonFinite { get; init; }

    /// <summary>How rewards become advantages.</summary>
    public required AdvantageOptions Advantages { get; init; }

    /// <summary>The critic of the estimator <c>gae</c>.</summary>
    public required CriticSettings Critic { get; init; }

    /// <summary>Weight of the KL penalty and how it adapts.</summary>
    public required KlOptions Kl { get; init; }

    /// <summary>Updates that a trace's policy may be behind.</summary>
    public required int MaxStaleness { get; init; }

    /// <summary>Updates in a row without anything learned after which the run ends; 0: never.</summary>
    public required int GiveUpAfter { get; init; }

    /// <summary>Learning rate, clipping and the like.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>Optimiser steps of one update.</summary>
    public int OptimizerStepsPerUpdate => PromptsPerStep * SamplesPerPrompt / TrainBatchSize * Epochs;

    /// <summary>Reads the keys under <c>r1reward.rl</c>.</summary>
    public static RlSettings Read(SettingsReader reader)
    {
        const string rl = "r1reward.rl.";
        var target = reader.Number(rl + "kl-target", 0);
        var settings = new RlSettings
        {
            PromptsPerStep = reader.Whole(rl + "prompts-per-step", 1),
            SamplesPerPrompt = reader.Whole(rl + "samples-per-prompt", 1),
            TrainBatchSize = Math.Max(1, reader.Whole(rl + "train-batch-size", 1)),
            Epochs = reader.Whole(rl + "epochs", 1),
            Objective = ObjectiveSettings.Read(reader),
            SkipNonFinite = reader.OneOf<NonFiniteRule>(rl + "non-finite") == NonFiniteRule.Skip,
            Advantages = new AdvantageOptions
            {
                Estimator = reader.OneOf<AdvantageEstimator>(rl + "estimator"),
                Lambda = reader.Number(rl + "lambda", 0, 1),
                GroupDeviation = reader.OneOf<GroupDeviation>(rl + "group-deviation"),
                Filter = reader.OneOf<AdvantageFilterRule>(rl + "advantage-filter"),
                Kl = reader.OneOf<KlEstimator>(rl + "kl-estimator"),
                Gamma = reader.Number(rl + "gamma", 0, 1),
                RewardClip = reader.Number(rl + "reward-clip", 1e-6),
                Batch = reader.OneOf<BatchNormalisation>(rl + "batch-normalisation"),
                RewardNormalisation = reader.OneOf<RewardNormalisation>(rl + "reward-normalisation"),
                EqualRewards = reader.OneOf<EqualRewardsRule>(rl + "equal-rewards"),
                DropEqualGroups = reader.Flag(rl + "drop-equal-groups"),
                DropTruncated = reader.Flag(rl + "drop-truncated"),
                AdvantageClip = reader.Number(rl + "advantage-clip", 0) is var clip and > 0 ? clip : null,
            },
            Critic = CriticSettings.Read(reader),
            Kl = new KlOptions
            {
                Initial = reader.Number(rl + "kl-coefficient", 0),
                Target = target > 0 ? target : null,
                Horizon = reader.Number(rl + "kl-horizon", 1),
            },
            MaxStaleness = reader.Whole(rl + "max-staleness", 0, 1),
            GiveUpAfter = reader.Whole(rl + "give-up-after", 0),
            Optimizer = OptimizerSettings.Read(reader, "r1reward.rl", leastSteps: 0),
        };
        if (reader.Text(rl + "loss") == ObjectiveSettings.ReinforcePlusPlus)
        {
            settings = settings with { Advantages = settings.Advantages with { Filter = AdvantageFilterRule.None } };
        }

        var estimator = settings.Advantages.Estimator;
        var compares = estimator is not (AdvantageEstimator.Reinforce or AdvantageEstimator.Gae);
        if (compares && settings.SamplesPerPrompt < 2)
        {
            reader.Refuse(
                rl + "samples-per-prompt",
                $"estimator {EnumNames.Dashed(estimator)} compares samples of one prompt: write 2 or more");
        }

        return settings;
    }

    private enum NonFiniteRule
    {
        Stop,

        Skip,
    }
}
