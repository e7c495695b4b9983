namespace R1Reward.Rewards.Terms.Judged.Rubric;

/// <summary>
/// The aspect sets. Titles and order of the first two are those of the published picture judges (RationalRewards), so
/// that their replies are read.
/// </summary>
public static class Rubrics
{
    private const string Text = "does it show and do what the request asks for";
    private const string Physical = "are light, shapes, bodies and materials believable, and is it free of artefacts";
    private const string Rendering = "is written text in it correct and legible; N/A where none is asked for";

    /// <summary><c>t2i</c>: a picture made from a text.</summary>
    public static IReadOnlyList<RubricSection> TextToImage { get; } =
    [
        new(1, "Text Faithfulness", "text_faithfulness", Text),
        new(2, "Physical and Visual Quality", "physical_quality", Physical),
        new(3, "Text Rendering", "text_rendering", Rendering),
    ];

    /// <summary><c>edit</c>: a picture changed as a text asks.</summary>
    public static IReadOnlyList<RubricSection> Edit { get; } =
    [
        new(1, "Text Faithfulness", "text_faithfulness", Text),
        new(2, "Image Faithfulness", "image_faithfulness", "is everything kept that was not to be changed"),
        new(3, "Physical and Visual Quality", "physical_quality", Physical),
        new(4, "Text Rendering", "text_rendering", Rendering),
    ];

    /// <summary><c>judgment</c>: an analysis of two responses.</summary>
    public static IReadOnlyList<RubricSection> Judgment { get; } =
    [
        new(1, "Factual Accuracy", "accuracy",
            "are the statements about question, pictures and responses true"),
        new(2, "Completeness", "completeness",
            "are both responses weighed, and is everything that matters named"),
        new(3, "Reasoning", "reasoning",
            "does each step follow, and does the choice follow from the analysis"),
    ];

    /// <summary>The sets by the names that the option <c>set</c> takes.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<RubricSection>> ByName { get; } =
        new Dictionary<string, IReadOnlyList<RubricSection>>
        {
            ["judgment"] = Judgment,
            ["t2i"] = TextToImage,
            ["edit"] = Edit,
        };
}
