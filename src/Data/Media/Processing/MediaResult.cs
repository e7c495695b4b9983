using System.Diagnostics.CodeAnalysis;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// A media item as a tower takes it, or why there is none: a broken picture is a fact about its row, and the run goes
/// on.
/// </summary>
/// <param name="Item">The item that was asked for.</param>
/// <param name="Status">Whether it can be used, or the kind of failure.</param>
/// <param name="Features">
/// What a tower takes of it; null unless the status is <see cref="MediaStatus.Ready"/>.
/// </param>
/// <param name="Reason">What is wrong, as a phrase; empty when nothing is. Example: <c>ends in the middle of its
/// pixels</c>.</param>
public sealed record MediaResult(MediaItem Item, MediaStatus Status, MediaFeatures? Features, string Reason)
{
    /// <summary>Whether the item was decoded and can be shown to the model.</summary>
    [MemberNotNullWhen(true, nameof(Features))]
    public bool IsReady => Features is not null;

    /// <summary>
    /// Prepares an item on a thread of the pool, since decoding and resizing are work: callers load many at once.
    /// </summary>
    internal static Task<MediaResult> OfAsync(
        MediaItem item, Func<Task<MediaFeatures>> prepare, CancellationToken cancellation) => Task.Run(
        async () =>
        {
            try
            {
                return new MediaResult(item, MediaStatus.Ready, await prepare().ConfigureAwait(false), "");
            }
            catch (MediaException error)
            {
                return new MediaResult(item, error.Status, null, error.Message);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return new MediaResult(item, MediaStatus.Unreadable, null, error.Message);
            }
        },
        cancellation);

    /// <summary>For example <c>images/7.png: Corrupt, ends in the middle of its pixels</c>.</summary>
    public override string ToString() =>
        Reason.Length == 0 ? $"{Item.Path}: {Status}" : $"{Item.Path}: {Status}, {Reason}";
}
