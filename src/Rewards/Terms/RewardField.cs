namespace R1Reward.Rewards.Terms;

/// <summary>
/// What a reward reads of a trace beyond its text. Checked before a run starts, so that no term finds out in the
/// middle.
/// </summary>
[Flags]
public enum RewardField
{
    /// <summary>Nothing but the reply itself.</summary>
    None = 0,

    /// <summary>Which response is preferred.</summary>
    Label = 1,

    /// <summary>The right answer as text (field <c>reference</c>).</summary>
    Reference = 2,

    /// <summary>Which recipe applies (field <c>recipe</c>).</summary>
    Recipe = 4,

    /// <summary>A question that is not empty.</summary>
    Question = 8,

    /// <summary>At least one picture, video or sound.</summary>
    Media = 16,

    /// <summary>The verdict of the consistency judge, which the run then asks for.</summary>
    Verdict = 32,

    /// <summary>The length of the reply in tokens, which a request to a reward server does not bring.</summary>
    Tokens = 64,
}
