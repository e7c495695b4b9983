namespace R1Reward.Data.Scenes;

/// <summary>
/// The exercise that goes before judging pictures: write down what every cell holds, in reading order as the traces
/// name them. A small model learns from it to find a cell in the picture and to name what is there; judgments alone
/// teach that much later, and so does a random order of the cells.
/// </summary>
/// <example>For a scene with one red circle at c1: <c>a1 no, b1 no, c1 red circle, a2 no, ...</c>, nine cells in
/// all.</example>
public static class SceneDescription
{
    /// <summary>What is asked beside the picture.</summary>
    public const string Prompt = "What is in each cell?";

    /// <summary>The text of the reply, as a model would write it.</summary>
    public static string Write(Scene scene) => string.Join(", ", Enumerable.Range(0, scene.Grid * scene.Grid)
        .Select(i => new SceneCell(i % scene.Grid, i / scene.Grid))
        .Select(cell => $"{cell} {scene.Objects.FirstOrDefault(seen => seen.Cell == cell)?.Words ?? "no"}"));
}
