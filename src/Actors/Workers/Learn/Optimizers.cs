using R1Reward.Actors.Configuration.Settings;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Parameters;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>Optimiser and schedule as the settings ask for them, for cold start and reinforcement alike.</summary>
internal static class Optimizers
{
    /// <summary>An optimiser over the weights that are trained: all of them, or those of an adapter.</summary>
    public static AdamW Adam(CausalLM model, OptimizerSettings settings, Sharding sharding = Sharding.None) =>
        Adam([model.Trained], settings, sharding);

    /// <summary>An optimiser over the weights of several tables.</summary>
    public static AdamW Adam(
        IReadOnlyList<ParameterTable> trained, OptimizerSettings settings, Sharding sharding = Sharding.None) => new(
        trained,
        new AdamWOptions
        {
            Sharding = sharding,
            WeightDecay = settings.WeightDecay,
            MaxGradientNorm = settings.MaxGradientNorm,
            OffLoad = settings.OffLoad,
        });

    /// <summary>A warm-up, then a cosine down to the floor; a floor of 1 is a constant rate.</summary>
    /// <param name="settings">Rate, floor and warm-up.</param>
    /// <param name="steps">Optimiser steps of the whole stage.</param>
    public static LearningRateSchedule Schedule(OptimizerSettings settings, int steps) => new()
    {
        BaseRate = settings.LearningRate,
        Shape = settings.Floor < 1 ? ScheduleShape.Cosine : ScheduleShape.Constant,
        FloorRatio = settings.Floor,
        TotalSteps = steps,
        WarmupSteps = (int)Math.Ceiling(settings.Warmup * steps),
    };
}
