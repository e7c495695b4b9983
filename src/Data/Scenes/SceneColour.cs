namespace R1Reward.Data.Scenes;

/// <summary>The colours of scene objects; a name in lower case is the word used in questions.</summary>
public enum SceneColour
{
    /// <summary>Red.</summary>
    Red,

    /// <summary>Blue.</summary>
    Blue,

    /// <summary>Green.</summary>
    Green,

    /// <summary>Yellow.</summary>
    Yellow,
}
