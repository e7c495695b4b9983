namespace R1Reward.Data.Judging;

/// <summary>
/// How an answer must be written to count. Figures of different readings measure different things and stand in no table
/// or curve together.
/// </summary>
public enum AnswerReading
{
    /// <summary>
    /// <c>strict</c>: the whole number 1 or 2 in the first pair of answer tags, wherever it stands, as published. All
    /// else is unreadable.
    /// </summary>
    Strict,

    /// <summary>
    /// <c>lenient</c>: what is unambiguous after the reasoning, for example <c>**2**</c>, <c>2.</c> or
    /// <c>Response 2</c>, in answer tags of any case or as all that the reply says. Answers inside the think block are
    /// none, and no digit is picked out of a text.
    /// </summary>
    Lenient,

    /// <summary>
    /// <c>published</c>: as strict, and in a reply without answer tags the last 1 or 2 anywhere (decision D6). To
    /// compare with figures of the published evaluators; nothing is trained by it.
    /// </summary>
    Published,
}
