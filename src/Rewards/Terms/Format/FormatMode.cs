namespace R1Reward.Rewards.Terms.Format;

/// <summary>What counts as well formed.</summary>
public enum FormatMode
{
    /// <summary><c>strict</c>: a think block, at once an answer block, nothing else.</summary>
    Strict,

    /// <summary>
    /// <c>loose</c>: the first think block ends before the first answer block begins, with any text around them.
    /// </summary>
    Loose,

    /// <summary><c>boxed</c>: begins with a think block, <c>\boxed{}</c> follows somewhere after one.</summary>
    Boxed,

    /// <summary><c>answer</c>: ends with an answer block; an analysis is not asked for.</summary>
    Answer,
}
