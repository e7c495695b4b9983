namespace R1Reward.Data.Scenes;

/// <summary>What a scene question asks.</summary>
public enum SceneQuestionKind
{
    /// <summary>How many objects have a colour and/or shape.</summary>
    Count,

    /// <summary>Whether an object of a colour and/or shape is there.</summary>
    Existence,

    /// <summary>The colour of the only object of a shape.</summary>
    Colour,

    /// <summary>What stands in a cell.</summary>
    Position,

    /// <summary>Which of two colours occurs more often.</summary>
    Comparison,
}
