using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;

namespace R1Reward.ScalarModels;

/// <summary>
/// Pairs of the built-in task with a second label, under the aspect <c>fewer</c>: which response names fewer objects.
/// A head learns it from the responses alone, and half of the time it contradicts the label of the pair.
/// </summary>
internal static class TwoLabels
{
    private const int TrainingPairs = 20_000;
    private const int HeldOutPairs = 2_000;

    internal static void Write(string folder)
    {
        var options = new SceneOptions { Grid = 3, Traces = false, Question = QuestionPlace.Before };
        var generator = new SceneGenerator(1, options);
        Write(SceneSide.Train, TrainingPairs, "train.jsonl");
        Write(SceneSide.HeldOut, HeldOutPairs, "heldout.jsonl");

        void Write(SceneSide side, int count, string name) => PairWriter.WritePairs(
            Path.Combine(folder, name),
            [.. Enumerable.Range(0, count).Select(index => Labelled(generator.Generate(side, index).Pair))]);
    }

    private static PreferencePair Labelled(PreferencePair pair) => pair with
    {
        AspectLabels = new Dictionary<string, PreferenceLabel>
        {
            ["fewer"] = Named(pair.Response1) < Named(pair.Response2)
                ? PreferenceLabel.First
                : PreferenceLabel.Second,
        },
    };

    // Responses are a number, yes or no, and differ.
    private static int Named(string response) => SceneWords.NumberOf(response) ?? (response == "yes" ? 1 : 0);
}
