using Akka.Actor;
using Microsoft.AspNetCore.Http;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Telemetry;
using R1Reward.Rewards.Http;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Tells supervisors how a node is: <c>/live</c> while it works, <c>/ready</c> from its first joining on,
/// <c>/metrics</c> as Prometheus reads them.
/// </summary>
internal sealed class NodeHttp : IAsyncDisposable
{
    // Nothing is sent to this server but paths.
    private const long MaxRequestBytes = 1024;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    private readonly ActorSystem _system;
    private readonly PrometheusText _metrics;
    private HttpServer _server = null!;

    private NodeHttp(ActorSystem system, NodeMeters meters)
    {
        _system = system;
        _metrics = new PrometheusText(meters.IsServed);
        Meters.Show();
    }

    /// <summary>Base address, for example <c>http://127.0.0.1:4055</c>.</summary>
    public string Address => _server.Address;

    /// <summary>Whether the node has joined its cluster once.</summary>
    public bool HasJoined { get; set; }

    /// <summary>Starts the server of a node that is yet to join.</summary>
    /// <exception cref="Data.UserErrorException">The address cannot be listened on.</exception>
    public static async Task<NodeHttp> StartAsync(HttpEndpoint endpoint, ActorSystem system, NodeMeters meters)
    {
        var http = new NodeHttp(system, meters);
        http._server = await HttpServer.StartAsync(
            $"{endpoint.Host}:{endpoint.Port}",
            MaxRequestBytes,
            http.ServeAsync,
            HeadersTimeout,
            $"{HttpEndpoint.PortKey}: cannot bind {endpoint.Host}:{endpoint.Port}");
        return http;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _metrics.Dispose();
    }

    private Task ServeAsync(HttpContext context)
    {
        var hasEnded = _system.WhenTerminated.IsCompleted;
        var (status, text) = (context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET", "/live") => hasEnded ? No("the actor system has ended") : Yes("live"),
            ("GET", "/ready") => !HasJoined ? No("has not joined its cluster yet") : Yes("ready"),
            ("GET", "/metrics") => Yes(_metrics.Read()),
            _ => (StatusCodes.Status404NotFound, "ask for /live, /ready or /metrics"),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = PrometheusText.MediaType;
        return context.Response.WriteAsync(text.EndsWith('\n') ? text : text + "\n", context.RequestAborted);
    }

    private static (int Status, string Text) Yes(string text) => (StatusCodes.Status200OK, text);

    private static (int Status, string Text) No(string text) => (StatusCodes.Status503ServiceUnavailable, text);
}
