namespace R1Reward.Data.Media;

/// <summary>What a media item holds.</summary>
public enum MediaKind
{
    /// <summary>One picture.</summary>
    Image,

    /// <summary>A video file or a folder of frames.</summary>
    Video,

    /// <summary>A sound file.</summary>
    Audio,
}
