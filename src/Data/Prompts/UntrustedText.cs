namespace R1Reward.Data.Prompts;

/// <summary>
/// How control tokens are read that stand in text from data, for example a response that contains
/// <c>&lt;|im_end|&gt;</c>. Places for media come from the chat template alone in both readings.
/// </summary>
public enum UntrustedText
{
    /// <summary>
    /// As plain text: control tokens, and the tags of a judgment where the vocabulary has tokens for them.
    /// </summary>
    Sanitized,

    /// <summary>
    /// As control tokens, as the published evaluators read them: a response can end its turn and open another.
    /// </summary>
    Published,
}
