using R1Reward.Data.Files;

namespace R1Reward.Data.Media.Fetching;

/// <summary>
/// The files of pictures as data names them: a path, the picture itself in a <c>data:</c> address, or an http address,
/// which is fetched where that is allowed.
/// </summary>
/// <param name="folder">Where relative paths start.</param>
/// <param name="fetch">Limits of fetching; null: nothing is fetched.</param>
public sealed class PictureFiles(string folder, FetchOptions? fetch = null)
{
    /// <summary>Why an address is not fetched, where that is not allowed.</summary>
    internal const string NotFetched =
        "is an address of another machine, which is not fetched; download the file and name its path, or set "
        + "r1reward.model.media.fetch = on";

    private const int MaxBytes = 1 << 28;

    private readonly PictureFetcher? _fetcher = fetch is null ? null : new PictureFetcher(fetch);

    /// <summary>Reads a picture's file, whatever format its pixels have.</summary>
    /// <exception cref="MediaException">It cannot be had; the reason is a phrase.</exception>
    public async Task<byte[]> ReadAsync(string path, CancellationToken cancellation)
    {
        if (DataUri.Matches(path))
        {
            return DataUri.TryDecode(path, out var held)
                ? held
                : throw new MediaException(MediaStatus.Unsupported, "is no picture in base64");
        }

        if (MediaPath.IsRemote(path))
        {
            return await (_fetcher ?? throw new MediaException(MediaStatus.Unsupported, NotFetched))
                .FetchAsync(path, cancellation).ConfigureAwait(false);
        }

        var file = MediaPath.Resolve(path, folder);
        if (!RegularFile.Exists(file))
        {
            throw new MediaException(MediaStatus.Missing, File.Exists(file) ? "is no plain file" : "does not exist");
        }

        return new FileInfo(file).Length <= MaxBytes
            ? await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false)
            : throw new MediaException(MediaStatus.TooLarge, $"has more bytes than the limit of {MaxBytes:N0}");
    }
}
