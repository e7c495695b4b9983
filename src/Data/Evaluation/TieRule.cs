namespace R1Reward.Data.Evaluation;

/// <summary>What a tied vote counts as; nothing is published about it.</summary>
public enum TieRule
{
    /// <summary><c>none</c>: no winner, counted wrong and reported.</summary>
    None,

    /// <summary><c>first</c>: the first valid vote wins.</summary>
    First,
}
