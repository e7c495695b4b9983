namespace R1Reward.Data.Scenes;

/// <summary>The shapes of scene objects; a name in lower case is the word used in questions.</summary>
public enum SceneShape
{
    /// <summary>A disc, written as circle.</summary>
    Circle,

    /// <summary>A square with level sides.</summary>
    Square,

    /// <summary>A triangle with its tip up.</summary>
    Triangle,

    /// <summary>A star with five points.</summary>
    Star,
}
