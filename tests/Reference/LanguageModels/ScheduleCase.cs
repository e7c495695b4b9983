using Newtonsoft.Json.Linq;
using R1Reward.Policy.Optimization;

namespace R1Reward.Reference.Tests.LanguageModels;

/// <summary>Reads a schedule as transformers names it.</summary>
internal static class ScheduleCase
{
    internal static LearningRateSchedule Read(JToken settings, double baseRate, JToken arguments) => new()
    {
        BaseRate = baseRate,
        Shape = (string)settings["schedule"]! switch
        {
            "constant" or "constant_with_warmup" => ScheduleShape.Constant,
            "linear" => ScheduleShape.Linear,
            "cosine" or "cosine_with_min_lr" or "cosine_warmup_with_min_lr" => ScheduleShape.Cosine,
            var unknown => throw new InvalidOperationException($"unknown schedule {unknown}"),
        },
        WarmupSteps = (int)settings["warmup_steps"]!,
        TotalSteps = (int)settings["total_steps"]!,
        FloorRatio = (double?)arguments["min_lr_rate"] ?? (double?)arguments["min_lr"] / baseRate ?? 0,
        Cycles = (double?)arguments["num_cycles"] ?? 0.5,
        CountsFirstStep = (string)settings["schedule"]! == "cosine_warmup_with_min_lr",
        WarmupStart = (double?)arguments["warmup_lr_rate"],
    };
}
