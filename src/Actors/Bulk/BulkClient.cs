using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using Serilog;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// Fetches blobs of other nodes into a cache folder: once per host, checked against the announced digests. A fetch ends
/// when its publisher says nothing for some time, and at once when its publisher is removed from the cluster: a host
/// that is cut off refuses no connection, and each try would wait for an answer.
/// </summary>
internal sealed class BulkClient
{
    // Newest blobs that stay in the cache, weights and batches together; older ones are of no use to anybody.
    private const int Kept = 6;

    // Connections without a byte after which the only place is given up; where there are more, the next one is asked.
    private const int Tries = 3;

    private static readonly TimeSpan AnswerIn = TimeSpan.FromSeconds(3);

    private readonly BulkOptions _options;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _present = [];

    private long _received;

    /// <summary>Creates a client; nothing is fetched yet.</summary>
    /// <param name="options">The key that publishers want, and where fetched files go.</param>
    /// <param name="certificates">What is shown and believed under TLS; null: plain HTTP.</param>
    public BulkClient(BulkOptions options, NodeCertificates? certificates)
    {
        _options = options;
        var handler = new SocketsHttpHandler();
        if (certificates is not null)
        {
            handler.SslOptions = BulkTls.Client(certificates);
        }

        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (options.Key.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        }
    }

    /// <summary>Shows key and certificate to other nodes, and believes theirs.</summary>
    public HttpClient Http => _http;

    /// <summary>Bytes that were fetched so far.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The folder with a blob's files, fetched unless a process of this host has done so already.</summary>
    /// <exception cref="IOException">
    /// The publisher cannot be reached, falls silent, is removed from the cluster, or sends other bytes than announced.
    /// </exception>
    /// <exception cref="UserErrorException">The disk of the cache is full.</exception>
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
        await FetchAsync([.. blob.Places()], partial, cancel);
        Directory.Move(partial, target);
        Evict();
        return target;
    }

    // Side by side from all places; where what comes has another digest, from one place after the other.
    private async Task FetchAsync(BlobReference[] places, string partial, CancellationToken cancel)
    {
        for (var i = places.Length > 1 ? -1 : 0; i < places.Length; i++)
        {
            try
            {
                await FetchPartsAsync(i < 0 ? places : [places[i]], partial, cancel);
                return;
            }
            catch (IOException failure) when (i + 1 < places.Length)
            {
                Log.Warning("{Blob}: {Reason}; it is fetched elsewhere", places[0].Name, failure.Message);
            }
        }
    }

    private async Task FetchPartsAsync(BlobReference[] places, string partial, CancellationToken cancel)
    {
        var bytes = places.Length > 1 ? _options.PartBytes : long.MaxValue;
        var parts = places[0].Files.SelectMany(file => FilePart.Of(file, bytes)).ToList();
        foreach (var file in places[0].Files)
        {
            await File.Create(Path.Combine(partial, file.Name)).DisposeAsync();
        }

        await new PartsFetch(parts, (place, part) => FetchAsync(place, part, partial, places.Length == 1, cancel))
            .RunAsync(places, cancel);
        foreach (var file in places[0].Files.Where(_ => places.Length > 1))
        {
            await using var written = File.OpenRead(Path.Combine(partial, file.Name));
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(written, cancel));
            Require(found, written.Length, file, string.Join(", ", places.Select(place => UrlOf(place, file))));
        }
    }

    private async Task FetchAsync(
        BlobReference blob, FilePart part, string partial, bool isOnlyPlace, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Removed(blob.Node));
        var url = UrlOf(blob, part.File);
        try
        {
            using var to = File.OpenHandle(
                Path.Combine(partial, part.File.Name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            using var download = new Download(
                _http, url, part, to, _options.Silence, isOnlyPlace ? Tries : 1, Count);
            var found = await download.RunAsync(either.Token);
            if (part.IsWhole)
            {
                Require(found, download.Done, part.File, url);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"{blob.Name}: its node {blob.Node} was removed from the cluster");
        }
        catch (IOException full) when (FileFault.IsFullDisk(full))
        {
            // To fetch it again would fill the disk again.
            throw new UserErrorException($"r1reward.node.cache: {FileFault.Describe(full)}", full);
        }

        void Count(int bytes) => Interlocked.Add(ref _received, bytes);
    }

    private static void Require(string found, long length, BlobFile file, string url)
    {
        if (found != file.Sha256)
        {
            throw new IOException(
                $"{url}: {length} bytes with digest {found[..12]}, announced {file.Length} with {file.Sha256[..12]}");
        }
    }

    /// <summary>Ends what is being fetched from a node, and asks it for nothing more until it is back.</summary>
    public void NodeRemoved(string node) => PresenceOf(node).Cancel();

    /// <summary>A node that was removed is there again, under the same address.</summary>
    public void NodeJoined(string node)
    {
        if (PresenceOf(node).IsCancellationRequested)
        {
            _present.TryRemove(node, out _);
        }
    }

    /// <summary>Is cancelled when a node is removed from the cluster.</summary>
    public CancellationToken Removed(string node) => PresenceOf(node).Token;

    /// <summary>Whether a blob's publisher, or one who has a copy, answers and still has its first file.</summary>
    public async Task<bool> IsServedAsync(BlobReference blob)
    {
        foreach (var place in blob.Places())
        {
            if (await IsServedAtAsync(place))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> IsServedAtAsync(BlobReference blob)
    {
        using var patience = new CancellationTokenSource(AnswerIn);
        try
        {
            using var answer = await _http.GetAsync(
                UrlOf(blob, blob.Files[0]), HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private CancellationTokenSource PresenceOf(string node) =>
        _present.GetOrAdd(node, _ => new CancellationTokenSource());

    private static string UrlOf(BlobReference blob, BlobFile file) =>
        $"{blob.BaseUrl}/{Uri.EscapeDataString(file.Name)}";

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
