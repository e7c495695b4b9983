namespace R1Reward.Data.Scenes;

/// <summary>What a look at one object finds.</summary>
public enum SceneLook
{
    /// <summary>Not what is asked about.</summary>
    No,

    /// <summary>What is asked about; in a comparison the first colour.</summary>
    Yes,

    /// <summary>The second colour of a comparison.</summary>
    Rival,
}
