namespace R1Reward.Data.Scenes;

/// <summary>A question about a scene.</summary>
/// <example>
/// Count with Colour red and no Shape: "How many of colour red, shape any?".
/// Comparison with Colour red and Rival blue: "More of red or blue?".
/// </example>
public sealed record SceneQuestion(SceneQuestionKind Kind)
{
    /// <summary>The colour asked about; null where any will do. For a comparison the first of the two.</summary>
    public SceneColour? Colour { get; init; }

    /// <summary>The shape asked about; null where any will do.</summary>
    public SceneShape? Shape { get; init; }

    /// <summary>The second colour of a comparison.</summary>
    public SceneColour? Rival { get; init; }

    /// <summary>The cell of a position question.</summary>
    public SceneCell? Cell { get; init; }
}
