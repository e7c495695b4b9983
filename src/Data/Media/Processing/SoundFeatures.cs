namespace R1Reward.Data.Media.Processing;

/// <summary>A sound as an audio tower takes it.</summary>
/// <param name="Values">
/// Log-mel features, filter by filter (bins, stored columns): those of the sound, and up to two after it in which its
/// end is still heard.
/// </param>
/// <param name="Bins">Number of mel filters.</param>
/// <param name="Columns">Columns that begin within the sound, one every 10 ms.</param>
public sealed record SoundFeatures(float[] Values, int Bins, int Columns) : MediaFeatures(MediaKind.Audio, Values)
{
    /// <summary>Columns that <see cref="MediaFeatures.Values"/> holds, at least <see cref="Columns"/>.</summary>
    public int Stored => Values.Length / Bins;

    /// <summary>Positions after the convolutions, the second of which takes every other column.</summary>
    public int Positions => (Columns + 1) / 2;

    /// <summary>Tokens in the decoder's prompt: two neighbouring positions become one.</summary>
    public int Tokens => Positions / 2;
}
