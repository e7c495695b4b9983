namespace R1Reward.Data.Media;

/// <summary>What a media item holds.</summary>
public enum MediaKind
{
    /// <summary>A still picture, or the first frame of an animation.</summary>
    Image,

    /// <summary>A video file or a folder of frames.</summary>
    Video,

    /// <summary>A sound file, which the readers keep and no model takes yet.</summary>
    Audio,
}
