using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using R1Reward.Data;

namespace R1Reward.Rewards.Http;

/// <summary>
/// Kestrel as the servers of this program use it: it listens on one address, says in one line why it cannot, and leaves
/// Ctrl-C to the program around it. What is served, and to whom, is the caller's.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpServer(WebApplication app)
    {
        _app = app;
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = bound.Addresses.First();
    }

    /// <summary>The address that was bound, for example <c>http://127.0.0.1:41234</c>.</summary>
    public string Address { get; }

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="endpoint">Host and port, for example <c>127.0.0.1:0</c>; port 0 takes a free one.</param>
    /// <param name="maxRequestBytes">
    /// The largest request body; reading a larger one throws with status 413. Null: the caller looks after that.
    /// </param>
    /// <param name="serve">Answers a request.</param>
    /// <param name="headersTimeout">How long a client may take to send the headers of a request.</param>
    /// <param name="failure">How the message begins where the address cannot be listened on.</param>
    /// <param name="https">Sets TLS up; null: plain HTTP.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="UserErrorException">The address cannot be listened on.</exception>
    public static async Task<HttpServer> StartAsync(
        string endpoint,
        long? maxRequestBytes,
        RequestDelegate serve,
        TimeSpan headersTimeout,
        string failure,
        Action<HttpsConnectionAdapterOptions>? https = null,
        CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, ForeignLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.WebHost.UseUrls($"{(https is null ? "http" : "https")}://{endpoint}");
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            if (https is not null)
            {
                kestrel.ConfigureHttpsDefaults(https);
            }

            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = maxRequestBytes;
            kestrel.Limits.RequestHeadersTimeout = headersTimeout;
        });
        var app = builder.Build();
        app.Run(serve);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException refused)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new UserErrorException(
                $"{failure}: {refused.Message} Choose another port, or 0 for a free one.", refused);
        }

        return new HttpServer(app);
    }

    /// <summary>
    /// Whether a request bears a key as bearer token; a comparison takes the same time wherever the keys differ.
    /// </summary>
    public static bool BearsKey(HttpRequest request, string key) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes("Bearer " + key));

    /// <summary>Closes the port and waits for the requests under way.</summary>
    /// <param name="abort">Ends those that are left.</param>
    public Task StopAsync(CancellationToken abort) => _app.StopAsync(abort);

    /// <summary>Ends requests under way and closes the port.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class ForeignLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
