namespace R1Reward.Rewards.Annotation;

/// <summary>What came of asking a teacher about a pair.</summary>
public enum AnnotationOutcome
{
    /// <summary>The teacher chose the preferred response, at some try.</summary>
    Solved,

    /// <summary>It chose the other one, or none that can be read, at every try.</summary>
    Unsolved,

    /// <summary>It did not reply: it refused the question or is out of reach. Nothing is known of the pair.</summary>
    Undecided,
}
