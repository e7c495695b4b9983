using R1Reward.Data.Randomness;

namespace R1Reward.Data.Scenes;

/// <summary>
/// The exercise that goes before judging pictures: write down what every cell holds, the cells in a random order. A small
/// model learns from it to find a cell in the picture and to name what is there; judgments alone teach that much later.
/// </summary>
/// <example>For a scene with one red circle at c2: <c>c2 red circle, a3 no, b1 no, ...</c>, nine cells in all.</example>
public static class SceneDescription
{
    /// <summary>What is asked beside the picture.</summary>
    public const string Prompt = "What is in each cell?";

    /// <summary>The reply.</summary>
    /// <param name="scene">What the picture shows.</param>
    /// <param name="random">Gives the order of the cells.</param>
    public static string Write(Scene scene, CounterRandom random)
    {
        var cells = Enumerable.Range(0, scene.Grid * scene.Grid).Select(i => new SceneCell(i % scene.Grid, i / scene.Grid)).ToArray();
        random.Shuffle(cells);
        return string.Join(", ", cells.Select(cell => $"{cell} {scene.Objects.FirstOrDefault(seen => seen.Cell == cell)?.Words ?? "no"}"));
    }
}
