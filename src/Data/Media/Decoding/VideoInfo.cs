namespace R1Reward.Data.Media.Decoding;

/// <summary>What a video file says of itself.</summary>
/// <param name="Size">Height and width of its frames as stored; a rotation note is not followed, as in the published loaders.</param>
/// <param name="Frames">Its frames.</param>
/// <param name="FramesPerSecond">Their average rate.</param>
public sealed record VideoInfo(PixelSize Size, int Frames, double FramesPerSecond);
