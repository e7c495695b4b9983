namespace R1Reward.Policy.Advantages;

/// <summary>
/// Figures of one batch, for the metrics. A figure that nothing was counted for is NaN.
/// </summary>
/// <param name="Tokens">Counted tokens: those of traces that are learned.</param>
/// <param name="Mean">Mean raw advantage over tokens.</param>
/// <param name="Deviation">
/// Population deviation of the raw advantages. The published log holds its reciprocal under this name.
/// </param>
/// <param name="FilteredShare">Share of tokens whose advantage the filter set to 0, from 0 to 1.</param>
/// <param name="Kl">
/// Divergence from the reference per token, over all counted tokens of the batch; NaN without a reference.
/// </param>
/// <param name="DroppedShare">Share of traces that are left out of the update, from 0 to 1.</param>
public sealed record AdvantageStats(
    int Tokens, double Mean, double Deviation, double FilteredShare, double Kl, double DroppedShare);
