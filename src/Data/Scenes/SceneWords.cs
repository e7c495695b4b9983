namespace R1Reward.Data.Scenes;

/// <summary>
/// The wording of scenes and questions: few words, each always written the same way, so that a small vocabulary holds
/// every word as one token. Numbers are words, because digits would be taken for a choice by the fallback rules.
/// </summary>
public static class SceneWords
{
    private static readonly string[] Numbers =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    private static readonly string[] Colours =
        [.. Enum.GetNames<SceneColour>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] Shapes = [.. Enum.GetNames<SceneShape>().Select(name => name.ToLowerInvariant())];

    /// <summary>A number from 0 to 9 as a word.</summary>
    public static string For(int number) => Numbers[number];

    /// <summary>The colour's word, or <c>any</c>.</summary>
    public static string For(SceneColour? colour) => colour is { } c ? Colours[(int)c] : "any";

    /// <summary>The shape's word, or <c>any</c>.</summary>
    public static string For(SceneShape? shape) => shape is { } s ? Shapes[(int)s] : "any";

    /// <summary>The number that a word stands for, or null.</summary>
    public static int? NumberOf(string word) => Array.IndexOf(Numbers, word) is >= 0 and var number ? number : null;

    /// <summary>
    /// The scene as a sentence. Cells are named only where the question asks about one: elsewhere they are dead weight.
    /// </summary>
    public static string Describe(Scene scene, SceneQuestion question) =>
        "Scene: "
        + string.Join(", ", scene.Objects.Select(
            o => question.Kind == SceneQuestionKind.Position ? $"{o.Cell} {o.Words}" : o.Words))
        + ".";

    /// <summary>Scene and question in one text.</summary>
    public static string Write(Scene scene, SceneQuestion question, QuestionPlace place)
    {
        var (described, asked) = (Describe(scene, question), Ask(question));
        return place switch
        {
            QuestionPlace.After => $"{described} {asked}",
            QuestionPlace.Before => $"{asked} {described}",
            _ => $"{asked} {described} {asked}",
        };
    }

    /// <summary>The question without the description of the scene.</summary>
    public static string Ask(SceneQuestion question) => question.Kind switch
    {
        SceneQuestionKind.Count => $"How many of colour {For(question.Colour)}, shape {For(question.Shape)}?",
        SceneQuestionKind.Existence => $"Is there one of colour {For(question.Colour)}, shape {For(question.Shape)}?",
        SceneQuestionKind.Colour => $"What colour is the {For(question.Shape)}?",
        SceneQuestionKind.Position => $"What is at {question.Cell}?",
        SceneQuestionKind.Comparison => $"More of {For(question.Colour)} or {For(question.Rival)}?",
        _ => throw new ArgumentOutOfRangeException(nameof(question), question.Kind, null),
    };
}
