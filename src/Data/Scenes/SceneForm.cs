namespace R1Reward.Data.Scenes;

/// <summary>How a scene is shown to the policy.</summary>
public enum SceneForm
{
    /// <summary>In words, at the start of the question.</summary>
    Words,

    /// <summary>As a PNG beside the question.</summary>
    Image,

    /// <summary>As a WAV beside the question, one cell after the other.</summary>
    Sound,
}
