namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Which tokens of a row the cold start learns with their full weight.</summary>
public enum SftTargets
{
    /// <summary>The judgment, or the response, and the end of its turn.</summary>
    Judgment,

    /// <summary>Also what the chat template puts around it, as LightRFT has it.</summary>
    Published,
}
