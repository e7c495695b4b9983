namespace R1Reward.Rewards.Terms.Result;

/// <summary>Which phrases name a tie.</summary>
public enum TiePhrases
{
    /// <summary><c>any</c>: <c>Both are equally good</c> and the forms with images or videos.</summary>
    Any,

    /// <summary><c>reference</c>: <c>Both are equally good</c> alone, as the published training rule has it.</summary>
    Reference,
}
