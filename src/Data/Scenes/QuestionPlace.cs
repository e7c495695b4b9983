namespace R1Reward.Data.Scenes;

/// <summary>Where the question about a scene in words stands.</summary>
public enum QuestionPlace
{
    /// <summary>After the scene: a model reads the objects before it knows what they are asked about.</summary>
    After,

    /// <summary>Before the scene: a model knows what to look for when it reads an object.</summary>
    Before,

    /// <summary>Before the scene and once more after it, where the response follows.</summary>
    Both,
}
