namespace R1Reward.Cli.Running;

/// <summary>What a scalar model thinks of one response.</summary>
/// <param name="Heads">The score of each head, in their order.</param>
/// <param name="Logit">
/// The sum of all heads on the scale of training, where the differences of two responses are logits of a preference.
/// </param>
internal sealed record ScoredResponse(IReadOnlyList<double> Heads, double Logit)
{
    /// <summary>The sum of all heads, by which responses are ranked.</summary>
    public double Score => Heads.Sum();
}
