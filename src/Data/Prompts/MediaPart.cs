using R1Reward.Data.Media;

namespace R1Reward.Data.Prompts;

/// <summary>A picture, video or sound in a turn.</summary>
/// <param name="Item">What is shown or played.</param>
public sealed record MediaPart(MediaItem Item) : ContentPart;
