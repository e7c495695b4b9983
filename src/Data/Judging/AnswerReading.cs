namespace R1Reward.Data.Judging;

/// <summary>How an answer must be written to count.</summary>
public enum AnswerReading
{
    /// <summary>
    /// <c>strict</c>: as published. The whole number 1 or 2 in the first pair of answer tags, wherever it stands;
    /// without such a pair the fallback rule decides.
    /// </summary>
    Strict,

    /// <summary>
    /// <c>lenient</c>: what is unambiguous after the reasoning, for example <c>**2**</c>, <c>2.</c> or
    /// <c>Response 2</c>, in answer tags of any case or as all that the reply says. Answers inside the think block are
    /// none, and no digit is picked out of a text.
    /// </summary>
    Lenient,
}
