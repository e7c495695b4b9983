using System.Net.Http.Headers;
using System.Security.Cryptography;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// Fetches blobs of other nodes into a cache folder: once per host, checked against the announced digests.
/// </summary>
internal sealed class BulkClient
{
    // Newest blobs that stay in the cache, weights and batches together; older ones are of no use to anybody.
    private const int Kept = 6;

    private readonly BulkOptions _options;
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Creates a client; nothing is fetched yet.</summary>
    /// <param name="options">The key that publishers want, and where fetched files go.</param>
    public BulkClient(BulkOptions options)
    {
        _options = options;
        if (options.Key.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        }
    }

    /// <summary>The folder with a blob's files, fetched unless a process of this host has done so already.</summary>
    /// <exception cref="IOException">The publisher cannot be reached or sends other bytes than announced.</exception>
    public async Task<string> FetchAsync(BlobReference blob, CancellationToken cancel)
    {
        Directory.CreateDirectory(_options.Cache);
        var target = Path.Combine(_options.Cache, blob.Name);
        await using var turn = await LockAsync(target + ".lock", cancel);
        if (Directory.Exists(target))
        {
            return target;
        }

        var partial = target + ".partial";
        Directory.CreateDirectory(partial);
        foreach (var file in blob.Files)
        {
            await FetchAsync(blob, file, Path.Combine(partial, file.Name), cancel);
        }

        Directory.Move(partial, target);
        Evict();
        return target;
    }

    private async Task FetchAsync(BlobReference blob, BlobFile file, string path, CancellationToken cancel)
    {
        var url = $"{blob.BaseUrl}/{Uri.EscapeDataString(file.Name)}";
        try
        {
            using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancel);
            response.EnsureSuccessStatusCode();
            await using var to = File.Create(path);
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var from = await response.Content.ReadAsStreamAsync(cancel);
            var buffer = new byte[1 << 20];
            int read;
            do
            {
                read = await from.ReadAsync(buffer, cancel);
                digest.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
            while (read > 0);

            var found = Convert.ToHexStringLower(digest.GetHashAndReset());
            if (found != file.Sha256)
            {
                throw new IOException(
                    $"{url}: {to.Length} bytes with digest {found[..12]}, "
                    + $"announced {file.Length} with {file.Sha256[..12]}");
            }
        }
        catch (HttpRequestException error)
        {
            throw new IOException($"{url}: {error.Message}", error);
        }
    }

    private void Evict()
    {
        var fetched = new DirectoryInfo(_options.Cache)
            .EnumerateDirectories()
            .Where(folder => folder.Name != BulkOptions.Own && folder.Extension != ".partial");
        foreach (var old in fetched.OrderByDescending(folder => folder.LastWriteTimeUtc).Skip(Kept))
        {
            old.Delete(recursive: true);
        }
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return new FileStream(
                    path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                // Another process of this host is fetching the same blob.
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancel);
            }
        }
    }
}
