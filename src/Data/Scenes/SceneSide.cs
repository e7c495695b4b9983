namespace R1Reward.Data.Scenes;

/// <summary>The two sides of the task, which share no scene.</summary>
public enum SceneSide
{
    /// <summary>Scenes to learn from: about four fifths of all.</summary>
    Train,

    /// <summary>Scenes to evaluate on: about one fifth of all.</summary>
    HeldOut,
}
