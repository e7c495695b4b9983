using System.Globalization;
using System.Net;
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

namespace R1Reward.Rewards.Judge.Server;

/// <summary>
/// A small OpenAI-compatible server whose judge is a rule (<see cref="RuleJudge"/>): what the quickstart and the tests ask
/// over HTTP in the place of a model. Serves <c>GET /v1/models</c> and <c>POST /v1/chat/completions</c>, with and without <c>/v1</c>;
/// a bad request gets 400 with the reason. Listens on loopback unless told otherwise.
/// </summary>
public sealed class JudgeServer : IAsyncDisposable
{
    private readonly JudgeServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _failures;
    private readonly Lock _failuresLock = new();
    private readonly WebApplication _app;
    private long _completions;

    private JudgeServer(JudgeServerOptions options, TimeProvider time)
    {
        (_options, _time, _failures) = (options, time, new Random(options.Seed));
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

    /// <summary>The base address to give to clients, for example <c>http://127.0.0.1:41234/v1</c>.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Completions asked for so far, those that failed on purpose included.</summary>
    public long Completions => Interlocked.Read(ref _completions);

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <exception cref="UserErrorException">Settings that cannot work, or an address that cannot be listened on.</exception>
    public static async Task<JudgeServer> StartAsync(JudgeServerOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var server = new JudgeServer(options, time);
        try
        {
            await server._app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException taken)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UserErrorException($"The judge server cannot listen on {options.Address}:{options.Port}: {taken.Message} Choose another port, or 0 for a free one.", taken);
        }

        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.Endpoint = new Uri(addresses.Single().TrimEnd('/') + "/v1");
        return server;
    }

    /// <summary>Ends requests under way and closes the port.</summary>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync().ConfigureAwait(false);

    private async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        path = path.StartsWith("/v1/", StringComparison.Ordinal) ? path["/v1".Length..] : path;
        var (status, reply) = (context.Request.Method, path) switch
        {
            _ when !Authorised(context.Request) => Refuse(401, "the key is missing or wrong"),
            ("GET", "/models") => (200, Models()),
            ("POST", "/chat/completions") => await CompleteAsync(context).ConfigureAwait(false),
            (_, "/models" or "/chat/completions") => Refuse(405, $"{context.Request.Method} is not served here"),
            _ => Refuse(404, "served are GET /v1/models and POST /v1/chat/completions"),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply.ToString(Formatting.None), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<(int Status, JObject Reply)> CompleteAsync(HttpContext context)
    {
        Interlocked.Increment(ref _completions);
        string body;
        try
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            body = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (BadHttpRequestException refused)
        {
            return Refuse(refused.StatusCode, refused.StatusCode == 413 ? $"the body is larger than {_options.MaxRequestBytes} bytes" : "the body cannot be read");
        }

        if (JudgeJson.TryParse(body) is not { } json)
        {
            return Refuse(400, "the body is not a JSON object");
        }

        if (ChatRequest.Model(json) is { } model && model != _options.Model)
        {
            return Refuse(404, $"there is no model {(model.Length > 100 ? model[..100] : model)}; this server has {_options.Model}");
        }

        var (question, error) = ChatRequest.Read(json);
        if (question is null)
        {
            return Refuse(400, error);
        }

        if (_options.Latency > TimeSpan.Zero)
        {
            await Task.Delay(_options.Latency, _time, context.RequestAborted).ConfigureAwait(false);
        }

        return Fails() ? Refuse(503, "failed on purpose (failure rate)") : (200, Completion(RuleJudge.Agrees(question) ? "1" : "0"));
    }

    private bool Fails()
    {
        lock (_failuresLock)
        {
            return _failures.NextDouble() < _options.FailureRate;
        }
    }

    private bool Authorised(HttpRequest request) => _options.ApiKey is null || CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes("Bearer " + _options.ApiKey));

    private static (int Status, JObject Reply) Refuse(int status, string reason) => (status, new JObject
    {
        ["error"] = new JObject { ["message"] = reason, ["type"] = status < 500 ? "invalid_request_error" : "server_error", ["code"] = status },
    });

    private JObject Models() => new()
    {
        ["object"] = "list",
        ["data"] = new JArray(new JObject { ["id"] = _options.Model, ["object"] = "model", ["owned_by"] = "r1reward" }),
    };

    // No usage field: a rule has no tokens, and none are made up.
    private JObject Completion(string text) => new()
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"judge-{Completions}"),
        ["object"] = "chat.completion",
        ["created"] = _time.GetUtcNow().ToUnixTimeSeconds(),
        ["model"] = _options.Model,
        ["choices"] = new JArray(new JObject
        {
            ["index"] = 0,
            ["message"] = new JObject { ["role"] = "assistant", ["content"] = text },
            ["finish_reason"] = "stop",
        }),
    };

    private sealed class ForeignLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
