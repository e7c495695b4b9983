namespace R1Reward.Rewards.Terms.Result;

/// <summary>What stands in the answer tags.</summary>
public enum AnswerForm
{
    /// <summary><c>choice</c>: 1 or 2.</summary>
    Choice,

    /// <summary><c>phrase</c>: a canonical phrase such as <c>Image 1 is better</c>; a tie has its own.</summary>
    Phrase,

    /// <summary><c>text</c>: the reference, word for word.</summary>
    Text,
}
