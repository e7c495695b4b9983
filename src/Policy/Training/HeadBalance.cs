namespace R1Reward.Policy.Training;

/// <summary>How the losses of several heads become one gradient of the weights that they share.</summary>
public enum HeadBalance
{
    /// <summary>Their sum, by weights that stay as they are.</summary>
    Weights,

    /// <summary>Their sum, by weights that follow how fast each head learns.</summary>
    Gradnorm,

    /// <summary>The sum of their gradients without what these take from each other.</summary>
    Pcgrad,
}
