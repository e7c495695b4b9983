using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;

namespace R1Reward.ScalarModels;

/// <summary>
/// How right one can be about questions that name a colour and a shape without seeing which belong together: the best
/// choice for each number of objects, of objects of the colour and of objects of the shape, as training pairs have it.
/// </summary>
internal static class Counting
{
    private const int TrainingPairs = 60_000;
    private const int HeldOutPairs = 20_000;

    internal static void Print()
    {
        var generator = new SceneGenerator(1, new SceneOptions { Grid = 3, Traces = false });
        var preferred = Asked(generator, SceneSide.Train, TrainingPairs)
            .GroupBy(pair => pair.Known)
            .ToDictionary(group => group.Key, group => group.Count(pair => pair.IsLater) * 2 > group.Count());
        var heldOut = Asked(generator, SceneSide.HeldOut, HeldOutPairs).ToList();
        var right = heldOut.Average(pair => preferred.GetValueOrDefault(pair.Known) == pair.IsLater ? 1.0 : 0);
        Console.WriteLine(
            $"by counts of colours and shapes alone, of {heldOut.Count} held-out pairs that name both: {right:p1}");
    }

    // Whether the preferred response is the one that comes later in the alphabet, and what is known of the pair.
    private static IEnumerable<(string Known, bool IsLater)> Asked(SceneGenerator generator, SceneSide side, int pairs)
    {
        for (var i = 0; i < pairs; i++)
        {
            var (scene, question, pair, _) = generator.Generate(side, i);
            if (question is { Colour: not null, Shape: not null })
            {
                var isOrdered = string.CompareOrdinal(pair.Response1, pair.Response2) < 0;
                var (earlier, later) = isOrdered
                    ? (pair.Response1, pair.Response2)
                    : (pair.Response2, pair.Response1);
                var colours = scene.Objects.Count(seen => seen.Colour == question.Colour);
                var shapes = scene.Objects.Count(seen => seen.Shape == question.Shape);
                yield return (
                    $"{question.Kind} {earlier} {later} {scene.Objects.Length} {colours} {shapes}",
                    pair.Label == PreferenceLabel.Second == isOrdered);
            }
        }
    }
}
