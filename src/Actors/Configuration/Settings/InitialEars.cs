namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Shape of an audio tower with a random start, that of Qwen2-Audio; a token is 40 ms of sound.</summary>
public sealed record InitialEars(
    bool Enabled, int Width, int Layers, int Heads, int IntermediateSize, int MelBins, int Seconds)
{
    /// <summary>Reads the keys under <c>r1reward.model.init.audio</c>.</summary>
    public static InitialEars Read(SettingsReader reader, string prefix)
    {
        var ears = new InitialEars(
            reader.Flag(prefix + "enabled"),
            reader.Whole(prefix + "width", 8),
            reader.Whole(prefix + "layers", 1),
            reader.Whole(prefix + "heads", 1),
            reader.Whole(prefix + "intermediate-size", 8),
            reader.Whole(prefix + "mel-bins", 8, 1024),
            reader.Whole(prefix + "seconds", 1, 300));
        if (ears.Heads > 0 && (ears.Width % ears.Heads != 0 || ears.Width % 2 != 0))
        {
            reader.Refuse(prefix + "heads", $"width {ears.Width} must be even and divide into heads");
        }

        return ears;
    }
}
