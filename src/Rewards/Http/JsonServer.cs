using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Rewards.Http;

/// <summary>
/// A server of JSON: JSON in, JSON out, a key where one is set, limited sizes, and every refusal a status with its
/// reason. What is served is the caller's.
/// </summary>
public sealed class JsonServer : IAsyncDisposable
{
    // Headers are short: who takes longer holds a connection and asks nothing.
    private static readonly TimeSpan _longestHeaders = TimeSpan.FromSeconds(30);

    private readonly JsonServerOptions _options;
    private readonly Func<HttpContext, Task> _serve;
    private readonly Func<int, string, JObject> _refusal;

    // Every request until nothing of it is computed any more, with its phrase for messages.
    private readonly ConcurrentDictionary<HttpContext, string> _underWay = [];
    private HttpServer _server = null!;

    private JsonServer(JsonServerOptions options, Func<HttpContext, Task> serve, Func<int, string, JObject> refusal)
    {
        _options = options;
        _serve = serve;
        _refusal = refusal;
    }

    /// <summary>The address that was bound, for example <c>http://127.0.0.1:41234</c>.</summary>
    public Uri Address => new(_server.Address);

    /// <summary>Requests of which something is still read, computed or sent.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="options">Where it listens and whom it answers.</param>
    /// <param name="serve">
    /// Answers a request that bears the key; throws <see cref="RefusedException"/> to refuse it.
    /// </param>
    /// <param name="refusal">The body of a refusal, from its status and its reason.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="UserErrorException">
    /// Settings that cannot work, or an address that cannot be listened on.
    /// </exception>
    public static async Task<JsonServer> StartAsync(
        JsonServerOptions options,
        Func<HttpContext, Task> serve,
        Func<int, string, JObject> refusal,
        CancellationToken cancellationToken = default)
    {
        options.Validate();
        var server = new JsonServer(options, serve, refusal);
        server._server = await HttpServer.StartAsync(
            new IPEndPoint(options.Address, options.Port).ToString(),
            maxRequestBytes: null,
            server.ServeAsync,
            options.ReadTimeout < _longestHeaders ? options.ReadTimeout : _longestHeaders,
            $"The server cannot listen on {options.Address}:{options.Port}",
            https: null,
            cancellationToken).ConfigureAwait(false);
        return server;
    }

    /// <summary>The body of a request as a JSON object.</summary>
    /// <exception cref="RefusedException">It is too large, too slow, cut off, or something else.</exception>
    public async Task<JObject> ReadAsync(HttpContext context)
    {
        using var limit = new CancellationTokenSource(_options.ReadTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, limit.Token);
        try
        {
            return await JsonBody.ReadAsync(context, _options.MaxRequestBytes, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedException(
                408, $"the body was not sent within {_options.ReadTimeout.TotalSeconds:0.###} s");
        }
    }

    /// <summary>
    /// The path of a request without slashes that clients add where they join it to an address: <c>/health</c> for
    /// <c>//health/</c>.
    /// </summary>
    public static string PathOf(HttpRequest request) =>
        "/" + string.Join('/', (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Answers a request with a JSON object.</summary>
    public static Task ReplyAsync(HttpContext context, int status, JObject reply)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(reply.ToString(Formatting.None), context.RequestAborted);
    }

    /// <summary>Takes no more requests and lets those under way end; what takes longer is ended.</summary>
    /// <param name="drain">How long requests under way may take.</param>
    /// <param name="time">The clock for that.</param>
    /// <returns>The requests that were ended, a phrase each.</returns>
    public async Task<IReadOnlyList<string>> StopAsync(TimeSpan drain, TimeProvider time)
    {
        using var abort = new CancellationTokenSource();
        var stopping = _server.StopAsync(abort.Token);
        IReadOnlyList<string> left = [];
        try
        {
            await stopping.WaitAsync(drain, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            left = [.. _underWay.Values.Order(StringComparer.Ordinal)];
            await abort.CancelAsync().ConfigureAwait(false);
            await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return left;
    }

    /// <summary>Ends requests under way and closes the port.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var client = new IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort);
        _underWay[context] = $"{context.Request.Method} {context.Request.Path} from {client}";
        try
        {
            await AdmitAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection, so nobody reads an answer.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            var (status, reason) = error is RefusedException refused
                ? (refused.Status, refused.Message)
                : (500, $"the server failed: {error.GetType().Name}: {error.Message}");
            if (status == StatusCodes.Status429TooManyRequests)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            await ReplyAsync(context, status, _refusal(status, reason)).ConfigureAwait(false);
        }
        finally
        {
            _underWay.TryRemove(context, out _);
        }
    }

    private Task AdmitAsync(HttpContext context)
    {
        if (_options.ApiKey is { } key && !HttpServer.BearsKey(context.Request, key))
        {
            throw new RefusedException(401, "the key is missing or wrong");
        }

        if (UnderWay > _options.MaxRequests)
        {
            throw new RefusedException(429, $"{_options.MaxRequests} requests are under way; ask again later");
        }

        return _serve(context);
    }
}
