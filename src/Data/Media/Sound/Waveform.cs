namespace R1Reward.Data.Media.Sound;

/// <summary>A sound of one channel.</summary>
/// <param name="Samples">One number per sample; full scale is from -1 to 1.</param>
/// <param name="Rate">Samples per second.</param>
public sealed record Waveform(float[] Samples, int Rate);
