namespace R1Reward.Policy.Models.Configuration;

/// <summary>Routed experts of a decoder.</summary>
/// <param name="Count">Experts of a layer.</param>
/// <param name="PerToken">Experts that each token goes to.</param>
/// <param name="IntermediateSize">Width of one expert.</param>
/// <param name="SharesSumToOne">Whether the shares of the chosen experts are divided by their sum.</param>
/// <param name="RoutedLayers">For each layer whether it has experts; the others are dense.</param>
public sealed record ExpertConfig(
    int Count,
    int PerToken,
    int IntermediateSize,
    bool SharesSumToOne,
    IReadOnlyList<bool> RoutedLayers);
