namespace R1Reward.Actors.Configuration.Settings;

/// <summary>When checkpoints are written, and how many are kept.</summary>
/// <param name="Every">Updates between two; 0: only at the end.</param>
/// <param name="Keep">Newest ones that are kept; 0: all.</param>
public sealed record CheckpointSettings(int Every, int Keep)
{
    /// <summary>Reads the keys under <c>r1reward.checkpoints</c>.</summary>
    public static CheckpointSettings Read(SettingsReader reader) => new(
        reader.Whole("r1reward.checkpoints.every", 0),
        reader.Whole("r1reward.checkpoints.keep", 0));
}
