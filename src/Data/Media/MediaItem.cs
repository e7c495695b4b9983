namespace R1Reward.Data.Media;

/// <summary>A picture, video or sound that belongs to a question.</summary>
/// <param name="Kind">Whether the path leads to a picture, a video or a sound.</param>
/// <param name="Path">
/// The path or address as the data file gives it, relative to that file's folder unless rooted
/// (<see cref="MediaPath"/>), or the picture itself (<see cref="DataUri"/>).
/// </param>
public sealed record MediaItem(MediaKind Kind, string Path);
