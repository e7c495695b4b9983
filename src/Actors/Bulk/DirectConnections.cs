using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// Connections between two workers of the cluster that stay open: HTTP requests to a node's bulk server that are
/// upgraded to plain bytes, so that address, port, key and certificates are those of weights and batches. Each has a
/// name, by which the one who is called waits for it.
/// </summary>
/// <param name="http">The client of the node, which shows key and certificate.</param>
internal sealed class DirectConnections(HttpClient http)
{
    private const string Protocol = "r1reward-direct";

    // A host that is cut off says nothing any more: after so many seconds of silence it is asked, and asked again.
    private const int SilentSeconds = 2;

    // Nobody takes the connection of a hand-out that is over.
    private static readonly TimeSpan Unwanted = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<DirectConnection>> _awaited = [];

    /// <summary>The name that a request asks for; null for a request of another kind.</summary>
    public static string? NameOf(HttpRequest request) =>
        request.Path.Value?.Split('/') is ["", "direct", var name]
        && request.Headers.Upgrade == Protocol
            ? name
            : null;

    /// <summary>Hands a connection to the one who waits for its name, and holds it until it is disposed.</summary>
    public async Task ServeAsync(HttpContext context, string name)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        Watch(context.Features.Get<IConnectionSocketFeature>()?.Socket);
        context.Response.Headers.Upgrade = Protocol;
        var connection = new DirectConnection(await upgrade.UpgradeAsync());
        Awaited(name).TrySetResult(connection);
        await Task.WhenAny(connection.Taken, Task.Delay(Unwanted, TimeProvider.System));
        _awaited.TryRemove(name, out _);
        if (connection.Taken.IsCompleted)
        {
            // Whoever called may have closed it: what has been sent until then is still to be read.
            await connection.Ended;
        }
    }

    /// <summary>Waits for the connection of a name.</summary>
    public async Task<DirectConnection> AcceptAsync(string name, CancellationToken cancel)
    {
        try
        {
            return (await Awaited(name).Task.WaitAsync(cancel)).Take();
        }
        finally
        {
            _awaited.TryRemove(name, out _);
        }
    }

    /// <summary>Opens a connection to another node.</summary>
    /// <param name="address">Base address of the other node's bulk server.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">The node cannot be reached, or refuses.</exception>
    public async Task<Stream> ConnectAsync(string address, string name, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/direct/{name}");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue(Protocol));
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return response.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols
                ? await response.Content.ReadAsStreamAsync(cancel)
                : throw new IOException($"{request.RequestUri}: {(int)response.StatusCode}");
        }
        catch (HttpRequestException failure)
        {
            throw new IOException($"{request.RequestUri}: {failure.Message}", failure);
        }
    }

    private TaskCompletionSource<DirectConnection> Awaited(string name) => _awaited.GetOrAdd(
        name, _ => new TaskCompletionSource<DirectConnection>(TaskCreationOptions.RunContinuationsAsynchronously));

    private static void Watch(Socket? socket)
    {
        if (socket is null)
        {
            return;
        }

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, SilentSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, SilentSeconds);
    }
}
