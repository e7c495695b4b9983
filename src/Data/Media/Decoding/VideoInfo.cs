namespace R1Reward.Data.Media.Decoding;

/// <summary>Size, length and rate of a video file.</summary>
/// <param name="Size">Height and width of its frames as stored; a rotation note is not followed, as in the published
/// loaders.</param>
/// <param name="Frames">The number of frames, counted rather than read from the header.</param>
/// <param name="FramesPerSecond">The average rate over the whole file.</param>
public sealed record VideoInfo(PixelSize Size, int Frames, double FramesPerSecond);
