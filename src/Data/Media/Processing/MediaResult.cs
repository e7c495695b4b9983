using System.Diagnostics.CodeAnalysis;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// A media item as the vision tower takes it, or why there is none: a broken picture is a fact about its row, and the
/// run goes on.
/// </summary>
/// <param name="Item">The item that was asked for.</param>
/// <param name="Status">Whether it can be used, or the kind of failure.</param>
/// <param name="Patches">Its patches; null unless the status is <see cref="MediaStatus.Ready"/>.</param>
/// <param name="Reason">What is wrong, as a phrase; empty when nothing is. Example: <c>ends in the middle of its
/// pixels</c>.</param>
public sealed record MediaResult(MediaItem Item, MediaStatus Status, MediaPatches? Patches, string Reason)
{
    /// <summary>Whether the item was decoded and can be shown to the model.</summary>
    [MemberNotNullWhen(true, nameof(Patches))]
    public bool IsReady => Patches is not null;

    /// <summary>For example <c>images/7.png: Corrupt, ends in the middle of its pixels</c>.</summary>
    public override string ToString() =>
        Reason.Length == 0 ? $"{Item.Path}: {Status}" : $"{Item.Path}: {Status}, {Reason}";
}
