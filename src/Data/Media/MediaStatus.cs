namespace R1Reward.Data.Media;

/// <summary>What became of a media item.</summary>
public enum MediaStatus
{
    /// <summary>Decoded and cut into patches.</summary>
    Ready,

    /// <summary>There is no such file or folder.</summary>
    Missing,

    /// <summary>The file is there but the system does not let it be read.</summary>
    Unreadable,

    /// <summary>The file is empty, truncated or damaged.</summary>
    Corrupt,

    /// <summary>More pixels or bytes than allowed; refused before it was decoded.</summary>
    TooLarge,

    /// <summary>A format that is not decoded here.</summary>
    Unsupported,

    /// <summary>Decoded, but of a shape or length that the model's preprocessing refuses.</summary>
    Unusable,

    /// <summary>Decoding took longer than allowed and was stopped.</summary>
    TimedOut,
}
