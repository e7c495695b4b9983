using R1Reward.Data.Media;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>A picture, what is asked about it, and the right reply.</summary>
internal sealed record AlignmentExample(MediaItem Picture, string Prompt, string Reply);
