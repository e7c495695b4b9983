namespace R1Reward.Actors.Configuration.Settings;

/// <summary>When checkpoints are written.</summary>
/// <param name="Every">Updates between two; 0: only at the end.</param>
/// <param name="Keep">Newest ones that are kept; 0: all.</param>
public sealed record CheckpointSettings(int Every, int Keep);
