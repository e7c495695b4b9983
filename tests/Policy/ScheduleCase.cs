using Newtonsoft.Json.Linq;
using R1Reward.Policy.Optimization;

namespace R1Reward.Policy.Tests;

/// <summary>Reads a schedule as the fixtures name it; null for one this program does not offer.</summary>
internal static class ScheduleCase
{
    internal static LearningRateSchedule? Read(JToken settings, double baseRate, JToken arguments)
    {
        var name = (string)settings["schedule"]!;
        ScheduleShape? shape = name switch
        {
            "constant" or "constant_with_warmup" => ScheduleShape.Constant,
            "linear" => ScheduleShape.Linear,
            "cosine" when arguments["num_cycles"] is null => ScheduleShape.Cosine,
            "cosine_with_min_lr" => ScheduleShape.Cosine,
            _ => null,
        };
        return shape is { } known
            ? new LearningRateSchedule
            {
                BaseRate = baseRate,
                Shape = known,
                WarmupSteps = (int)settings["warmup_steps"]!,
                TotalSteps = (int)settings["total_steps"]!,
                FloorRatio = (double?)arguments["min_lr_rate"] ?? (double?)arguments["min_lr"] / baseRate ?? 0,
            }
            : null;
    }
}
