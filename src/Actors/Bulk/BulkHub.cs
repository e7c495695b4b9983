using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Rewards.Http;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// Where a node keeps what is too large for actor messages: weights and batches. Other nodes fetch files over HTTP and
/// check their digests; inside the process they are read where they lie, and weights may also be handed over in memory.
/// </summary>
internal sealed class BulkHub : IAsyncDisposable
{
    // Nothing is sent to this server but the names of files.
    private const long MaxRequestBytes = 1024;

    // A reader that is frozen never ends its request.
    private static readonly TimeSpan LastRequests = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, string> _folders = [];
    private readonly ConcurrentDictionary<string, object> _memory = [];
    private readonly string _key;
    private readonly BulkClient _client;
    private HttpServer _server = null!;

    private BulkHub(BulkOptions options, NodeCertificates? certificates)
    {
        _key = options.Key;
        _client = new BulkClient(options, certificates);
        Direct = new DirectConnections(_client.Http);
    }

    /// <summary>Connections between workers that stay open.</summary>
    public DirectConnections Direct { get; }

    /// <summary>
    /// Base address under which other nodes reach this node's server, for example <c>http://127.0.0.1:40123</c>.
    /// </summary>
    public string Address { get; private set; } = "";

    /// <summary>The node's cluster address, which its blobs name; empty until it is known.</summary>
    public string Node { get; set; } = "";

    /// <summary>Bytes that were fetched from other nodes so far.</summary>
    public long Received => _client.Received;

    /// <summary>Starts the server of a node.</summary>
    /// <param name="options">Where it listens, the key, and where fetched files go.</param>
    /// <param name="certificates">With them all is HTTPS, and both sides show theirs; null: plain HTTP.</param>
    /// <exception cref="UserErrorException">
    /// The address cannot be bound, or is not loopback and neither a key nor certificates are set.
    /// </exception>
    public static async Task<BulkHub> StartAsync(BulkOptions options, NodeCertificates? certificates = null)
    {
        if (options.Key.Length == 0 && certificates is null && !options.IsLoopback)
        {
            throw new UserErrorException(
                $"r1reward.node.bulk.host = {options.Host}: {BulkOptions.WantsKey}.");
        }

        var hub = new BulkHub(options, certificates);
        hub._server = await HttpServer.StartAsync(
            $"{options.Host}:{options.Port}",
            MaxRequestBytes,
            hub.ServeAsync,
            TimeSpan.FromSeconds(30),
            $"r1reward.node.bulk: cannot bind {options.Host}:{options.Port}",
            certificates is null ? null : BulkTls.Server(certificates));
        hub.Address = new UriBuilder(hub._server.Address) { Host = options.Reachable }.Uri
            .GetLeftPart(UriPartial.Authority);
        return hub;
    }

    /// <summary>
    /// Serves the files of a folder (not of its subfolders). The folder must not change as long as it is published.
    /// </summary>
    public BlobReference Publish(string name, string folder)
    {
        _folders[name] = folder;
        var files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(Describe).ToList();
        return new BlobReference(name, UrlOf(Address, name), files) { Node = Node };
    }

    /// <summary>Where the node of a base address serves a blob.</summary>
    public static string UrlOf(string address, string name) => $"{address}/blobs/{name}";

    /// <summary>
    /// Hands something over to readers in this process under the name of a blob; it stays the caller's to dispose.
    /// </summary>
    public void Share(string name, object content) => _memory[name] = content;

    /// <summary>What a worker of this process shared under the name, or null.</summary>
    public T? Shared<T>(string name)
        where T : class => _memory.TryGetValue(name, out var content) ? content as T : null;

    /// <summary>Ends the publication of a blob; the caller deletes the files.</summary>
    public void Forget(string name)
    {
        _folders.TryRemove(name, out _);
        _memory.TryRemove(name, out _);
    }

    /// <summary>
    /// The folder that holds a blob's files: the publisher's own within this process, else a checked copy in the cache.
    /// </summary>
    /// <exception cref="IOException">The publisher cannot be reached or sends other bytes than announced.</exception>
    public Task<string> FolderOfAsync(BlobReference blob, CancellationToken cancel) =>
        _folders.TryGetValue(blob.Name, out var own) ? Task.FromResult(own) : _client.FetchAsync(blob, cancel);

    /// <summary>Whether a blob's publisher answers and still has it.</summary>
    public Task<bool> IsServedAsync(BlobReference blob) =>
        _folders.ContainsKey(blob.Name) ? Task.FromResult(true) : _client.IsServedAsync(blob);

    /// <summary>Ends what is being fetched from a node that was removed from the cluster.</summary>
    public void NodeRemoved(string node) => _client.NodeRemoved(node);

    /// <summary>Is cancelled when a node is removed from the cluster.</summary>
    public CancellationToken Removed(string node) => _client.Removed(node);

    /// <summary>Takes note that a node, perhaps one that was removed before, is a member of the cluster.</summary>
    public void NodeJoined(string node) => _client.NodeJoined(node);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(LastRequests);
        await _server.StopAsync(patience.Token);
        await _server.DisposeAsync();
    }

    private Task ServeAsync(HttpContext context)
    {
        if (_key.Length > 0 && !HttpServer.BearsKey(context.Request, _key))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        if (DirectConnections.NameOf(context.Request) is { } name)
        {
            return Direct.ServeAsync(context, name);
        }

        if (!HttpMethods.IsGet(context.Request.Method) || PathOf(context.Request) is not { } path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var length = new FileInfo(path).Length;
        var (from, to) = RangeOf(context.Request, length);
        if (to - from + 1 < length)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.GetTypedHeaders().ContentRange = new ContentRangeHeaderValue(from, to, length);
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = to - from + 1;
        return context.Response.SendFileAsync(path, from, to - from + 1, context.RequestAborted);
    }

    // First and last byte; whoever asks for anything but one range within the file gets all of it.
    private static (long From, long To) RangeOf(HttpRequest request, long length) =>
        request.GetTypedHeaders().Range?.Ranges.First() is { From: { } first } range
        && first < length && (range.To ?? length) >= first
            ? (first, Math.Min(range.To ?? length, length - 1))
            : (0, length - 1);

    /// <summary>The file that <c>/blobs/NAME/FILE</c> asks for; null for anything else.</summary>
    private string? PathOf(HttpRequest request)
    {
        if (request.Path.Value?.Split('/') is not ["", "blobs", var name, var file])
        {
            return null;
        }

        // Only names that were announced are served: a path can lead nowhere else.
        return _folders.TryGetValue(name, out var folder)
            && file == Path.GetFileName(file)
            && File.Exists(Path.Combine(folder, file))
                ? Path.Combine(folder, file)
                : null;
    }

    private static BlobFile Describe(string path)
    {
        using var stream = File.OpenRead(path);
        return new BlobFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
