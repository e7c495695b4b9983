namespace R1Reward.Policy.Models.Configuration;

/// <summary>How files of a family call parts of its tower.</summary>
/// <param name="MlpIn">The first layer of an MLP that is not gated.</param>
/// <param name="MlpOut">Its second layer.</param>
/// <param name="MergerNorm">The norm of a merger.</param>
/// <param name="MergerIn">Its first layer.</param>
/// <param name="MergerOut">Its second layer.</param>
internal sealed record VisionNames(
    string MlpIn, string MlpOut, string MergerNorm, string MergerIn, string MergerOut);
