namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Which tokens of a row the cold start learns to write.</summary>
public enum SftTargets
{
    /// <summary>The judgment, or the response, and the end of its turn.</summary>
    Judgment,

    /// <summary>Also what the chat template puts around it, as LightRFT has it.</summary>
    Published,

    /// <summary>
    /// Also the prompt, as in pre-training: a model learns from it how the parts of a question belong together. Prompts
    /// that show pictures, videos or sounds are read and not learned.
    /// </summary>
    All,
}
