namespace R1Reward.Data.Scenes;

/// <summary>The colours of scene objects; a name in lower case is the word used in questions.</summary>
public enum SceneColour
{
    /// <summary>Drawn and written as red.</summary>
    Red,

    /// <summary>Drawn and written as blue.</summary>
    Blue,

    /// <summary>Drawn and written as green.</summary>
    Green,

    /// <summary>Drawn and written as yellow.</summary>
    Yellow,
}
