using R1Reward.Data.Media;

namespace R1Reward.Data.Handlers;

/// <summary>A picture, video or sound of a comparison.</summary>
/// <param name="Name">What the published loader calls it, for example <c>preferred_image</c>.</param>
/// <param name="Item">The medium, with an absolute path or the file itself.</param>
public sealed record ComparedMedium(string Name, MediaItem Item)
{
    /// <summary>A medium on disk.</summary>
    internal static ComparedMedium OnDisk(string name, MediaKind kind, string folder, string path) =>
        new(name, new MediaItem(kind, Path.GetFullPath(path, Path.GetFullPath(folder))));

    /// <summary>A medium whose file stands in the row, in base64.</summary>
    internal static ComparedMedium Inside(string name, MediaKind kind, string base64) =>
        new(name, new MediaItem(kind, "data:application/octet-stream;base64," + base64));
}
