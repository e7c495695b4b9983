using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// Where a node keeps what is too large for actor messages: weights and batches. Other nodes fetch files over HTTP and
/// check their digests; inside the process they are read where they lie, and weights may also be handed over in memory.
/// </summary>
public sealed class BulkHub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _folders = [];
    private readonly ConcurrentDictionary<string, object> _memory = [];
    private readonly WebApplication _server;
    private readonly BulkClient _client;

    private BulkHub(WebApplication server, string address, BulkClient client)
    {
        (_server, Address, _client) = (server, address, client);
    }

    /// <summary>Base address of this node's server, for example <c>http://127.0.0.1:40123</c>.</summary>
    public string Address { get; }

    /// <summary>Starts the server of a node.</summary>
    /// <exception cref="UserErrorException">The address cannot be bound, or is not loopback and no key is set.</exception>
    public static async Task<BulkHub> StartAsync(BulkOptions options)
    {
        if (options.Key.Length == 0 && !options.IsLoopback)
        {
            throw new UserErrorException($"r1reward.node.bulk.host = {options.Host}: other machines could read the weights. Set r1reward.node.bulk.key-env to an environment variable that holds a key, the same on every node.");
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{options.Host}:{options.Port}");
        var server = builder.Build();
        try
        {
            var hub = default(BulkHub);
            server.MapGet("/blobs/{name}/{file}", (string name, string file, HttpRequest request) => hub!.Serve(name, file, request, options.Key));
            await server.StartAsync();
            var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return hub = new BulkHub(server, address, new BulkClient(options));
        }
        catch (IOException error)
        {
            await server.DisposeAsync();
            throw new UserErrorException($"r1reward.node.bulk: cannot bind {options.Host}:{options.Port}: {error.Message} Choose another port, or 0 for any.", error);
        }
    }

    /// <summary>Serves the files of a folder (not of its subfolders). The folder must not change as long as it is published.</summary>
    public BlobReference Publish(string name, string folder)
    {
        _folders[name] = folder;
        var files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(Describe).ToList();
        return new BlobReference(name, $"{Address}/blobs/{name}", files);
    }

    /// <summary>Hands something over to readers in this process under the name of a blob; it stays the caller's to dispose.</summary>
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

    /// <summary>The folder that holds a blob's files: the publisher's own within this process, else a checked copy in the cache.</summary>
    /// <exception cref="IOException">The publisher cannot be reached or sends other bytes than announced.</exception>
    public Task<string> FolderOfAsync(BlobReference blob, CancellationToken cancel) =>
        _folders.TryGetValue(blob.Name, out var own) ? Task.FromResult(own) : _client.FetchAsync(blob, cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private IResult Serve(string name, string file, HttpRequest request, string key)
    {
        if (key.Length > 0 && !CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), System.Text.Encoding.UTF8.GetBytes("Bearer " + key)))
        {
            return Results.Unauthorized();
        }

        // Only names that were announced are served: a path can lead nowhere else.
        return _folders.TryGetValue(name, out var folder) && file == Path.GetFileName(file) && File.Exists(Path.Combine(folder, file))
            ? Results.File(Path.Combine(folder, file), "application/octet-stream")
            : Results.NotFound();
    }

    private static BlobFile Describe(string path)
    {
        using var stream = File.OpenRead(path);
        return new BlobFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
