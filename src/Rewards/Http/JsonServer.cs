using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Http;

/// <summary>
/// A server of JSON: JSON in, JSON out, a key where one is set, limited sizes, and every refusal a status with its
/// reason. What is served is the caller's.
/// </summary>
public sealed class JsonServer : IAsyncDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly JsonServerOptions _options;
    private readonly Func<HttpContext, Task> _serve;
    private readonly Func<int, string, JObject> _refusal;
    private HttpServer _server = null!;
    private int _underWay;

    private JsonServer(JsonServerOptions options, Func<HttpContext, Task> serve, Func<int, string, JObject> refusal)
    {
        _options = options;
        _serve = serve;
        _refusal = refusal;
    }

    /// <summary>The address that was bound, for example <c>http://127.0.0.1:41234</c>.</summary>
    public Uri Address => new(_server.Address);

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
            options.MaxRequestBytes,
            server.ServeAsync,
            $"The server cannot listen on {options.Address}:{options.Port}",
            cancellationToken).ConfigureAwait(false);
        return server;
    }

    /// <summary>The body of a request as a JSON object.</summary>
    /// <exception cref="RefusedException">It is too large, cut off, or something else.</exception>
    public async Task<JObject> ReadAsync(HttpContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.Body, StrictUtf8);
            var text = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
            return JsonText.ParseObject(text) ?? throw new RefusedException(400, "the body is not a JSON object");
        }
        catch (BadHttpRequestException refused)
        {
            throw new RefusedException(refused.StatusCode, refused.StatusCode == 413
                ? $"the body is larger than {_options.MaxRequestBytes} bytes"
                : "the body cannot be read");
        }
        catch (DecoderFallbackException)
        {
            throw new RefusedException(400, "the body is not UTF-8");
        }
    }

    /// <summary>Answers a request with a JSON object.</summary>
    public static Task ReplyAsync(HttpContext context, int status, JObject reply)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(reply.ToString(Formatting.None), context.RequestAborted);
    }

    /// <summary>Ends requests under way and closes the port.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var underWay = Interlocked.Increment(ref _underWay);
        try
        {
            if (_options.ApiKey is { } key && !HttpServer.BearsKey(context.Request, key))
            {
                throw new RefusedException(401, "the key is missing or wrong");
            }

            if (underWay > _options.MaxRequests)
            {
                context.Response.Headers.RetryAfter = "1";
                throw new RefusedException(429, $"{_options.MaxRequests} requests are under way; ask again later");
            }

            await _serve(context).ConfigureAwait(false);
        }
        catch (RefusedException refused) when (!context.Response.HasStarted)
        {
            var reply = _refusal(refused.Status, refused.Message);
            await ReplyAsync(context, refused.Status, reply).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection, so nobody reads an answer.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
