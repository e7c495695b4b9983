namespace R1Reward.Data.Media;

/// <summary>
/// One picture or video cannot be used. <see cref="Processing.MediaProcessor"/> turns it into a
/// <see cref="Processing.MediaResult"/>.
/// </summary>
/// <param name="status">The kind of failure, which callers count.</param>
/// <param name="reason">What is wrong, as a phrase without the file's name.</param>
public sealed class MediaException(MediaStatus status, string reason) : Exception(reason)
{
    /// <summary>The kind of failure, which callers count.</summary>
    public MediaStatus Status { get; } = status;
}
