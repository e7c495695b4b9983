using Newtonsoft.Json;

namespace R1Reward.Data.Evaluation;

/// <summary>Judgments of about the same confidence, and how many of them are right.</summary>
/// <param name="From">The lower end of the range.</param>
/// <param name="To">Its upper end, which belongs to it.</param>
/// <param name="Pairs">How many judgments fall into it.</param>
/// <param name="Confidence">Their mean confidence.</param>
/// <param name="Accuracy">The share of them that is right.</param>
public sealed record ReliabilityBin(
    [property: JsonProperty("from")] double From,
    [property: JsonProperty("to")] double To,
    [property: JsonProperty("pairs")] int Pairs,
    [property: JsonProperty("confidence")] double Confidence,
    [property: JsonProperty("accuracy")] double Accuracy);
