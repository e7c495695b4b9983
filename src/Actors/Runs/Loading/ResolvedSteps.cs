using System.Globalization;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using Serilog;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// Turns passes over the data into steps, once the coordinator has read the data: workers are told steps, so that all
/// of them follow one plan.
/// </summary>
internal static class ResolvedSteps
{
    /// <summary>
    /// HOCON lines that state the steps of stages whose length is in passes; empty where there are none.
    /// </summary>
    public static string Lines(RunSettings settings, RunPairs pairs) =>
        Line("sft", settings.Sft.Optimizer.Length, pairs.ColdStartCount, settings.Sft.BatchSize)
        + Line("srm", settings.Srm.Optimizer.Length, pairs.DistinctPrompts, settings.Srm.BatchSize)
        + Line("rl", settings.Rl.Optimizer.Length, pairs.DistinctPrompts, settings.Rl.PromptsPerStep);

    private static string Line(string section, TrainingLength length, long items, int itemsPerStep)
    {
        if (length.Epochs == 0)
        {
            return "";
        }

        var steps = length.StepsOver(items, itemsPerStep);
        Log.Information(
            "{Section}: {Epochs} passes over {Items} pairs, {PerStep} in a step: {Steps} steps",
            section,
            length.Epochs,
            items,
            itemsPerStep,
            steps);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"\nr1reward.{section}.steps = {steps}\nr1reward.{section}.num-train-epochs = 0\n");
    }
}
