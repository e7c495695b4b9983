using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// Kestrel as the servers of this program use it: JSON in, JSON out, a key where one is set, limited sizes, and every
/// refusal a status with its reason. What is served is the caller's.
/// </summary>
public sealed class JsonServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly JsonServerOptions _options;
    private readonly Func<HttpContext, Task> _serve;
    private readonly Func<int, string, JObject> _refusal;
    private int _underWay;

    private JsonServer(JsonServerOptions options, Func<HttpContext, Task> serve, Func<int, string, JObject> refusal)
    {
        (_options, _serve, _refusal) = (options, serve, refusal);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // Ctrl-C belongs to the program around the server.
        builder.Services.AddSingleton<IHostLifetime, ForeignLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
            kestrel.Listen(options.Address, options.Port);
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>The address that was bound, for example <c>http://127.0.0.1:41234</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="options">Where.</param>
    /// <param name="serve">Answers a request that bears the key; throws <see cref="RefusedException"/> to refuse it.</param>
    /// <param name="refusal">The body of a refusal, from its status and its reason.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="UserErrorException">Settings that cannot work, or an address that cannot be listened on.</exception>
    public static async Task<JsonServer> StartAsync(
        JsonServerOptions options, Func<HttpContext, Task> serve, Func<int, string, JObject> refusal, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var server = new JsonServer(options, serve, refusal);
        try
        {
            await server._app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException taken)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UserErrorException($"The server cannot listen on {options.Address}:{options.Port}: {taken.Message} Choose another port, or 0 for a free one.", taken);
        }

        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.Address = new Uri(addresses.Single());
        return server;
    }

    /// <summary>The body of a request as a JSON object.</summary>
    /// <exception cref="RefusedException">It is too large, cut off, or something else.</exception>
    public async Task<JObject> ReadAsync(HttpContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return JudgeJson.TryParse(await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false))
                ?? throw new RefusedException(400, "the body is not a JSON object");
        }
        catch (BadHttpRequestException refused)
        {
            throw new RefusedException(refused.StatusCode, refused.StatusCode == 413 ? $"the body is larger than {_options.MaxRequestBytes} bytes" : "the body cannot be read");
        }
        catch (DecoderFallbackException)
        {
            throw new RefusedException(400, "the body is not UTF-8");
        }
    }

    /// <summary>Answers a request.</summary>
    public static Task ReplyAsync(HttpContext context, int status, JObject reply)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(reply.ToString(Formatting.None), context.RequestAborted);
    }

    /// <summary>Ends requests under way and closes the port.</summary>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync().ConfigureAwait(false);

    private async Task ServeAsync(HttpContext context)
    {
        var underWay = Interlocked.Increment(ref _underWay);
        try
        {
            if (!Authorised(context.Request))
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
            await ReplyAsync(context, refused.Status, _refusal(refused.Status, refused.Message)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private bool Authorised(HttpRequest request) => _options.ApiKey is null || CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes("Bearer " + _options.ApiKey));

    private sealed class ForeignLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
