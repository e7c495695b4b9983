using System.Globalization;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Terms.Judged.Consistency;

namespace R1Reward.Rewards.Judge.Server;

/// <summary>
/// A small OpenAI-compatible server that replies by rule to questions about consistency (<see cref="RuleJudge"/>) and
/// to judging prompts about scenes (<see cref="RuleTeacher"/>): what the quickstart, annotation and the tests ask over
/// HTTP in the place of a model. Serves <c>GET /v1/models</c>, <c>POST /v1/chat/completions</c> and
/// <c>GET /health</c>, with and without <c>/v1</c>; a bad request gets 400 with the reason. Listens on loopback unless
/// its options name another address.
/// </summary>
public sealed class JudgeServer : IAsyncDisposable
{
    private readonly JudgeServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _failures;
    private readonly Lock _failuresLock = new();
    private JsonServer _server = null!;
    private long _completions;

    private JudgeServer(JudgeServerOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _failures = new Random(options.Seed);
    }

    /// <summary>The base address to give to clients, for example <c>http://127.0.0.1:41234/v1</c>.</summary>
    public Uri Endpoint => new(_server.Address, "v1");

    /// <summary>Requests of which something is still read, computed or sent.</summary>
    public int UnderWay => _server.UnderWay;

    /// <summary>Completions asked for so far, those that failed on purpose included.</summary>
    public long Completions => Interlocked.Read(ref _completions);

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <exception cref="UserErrorException">
    /// Settings that cannot work, or an address that cannot be listened on.
    /// </exception>
    public static async Task<JudgeServer> StartAsync(
        JudgeServerOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var server = new JudgeServer(options, time);
        server._server = await JsonServer.StartAsync(
            options, server.ServeAsync, ChatApi.Refusal, cancellationToken).ConfigureAwait(false);
        return server;
    }

    /// <summary>Takes no more requests and lets those under way end; see <see cref="JsonServer.StopAsync"/>.</summary>
    public Task<IReadOnlyList<string>> StopAsync(TimeSpan drain, TimeProvider time) => _server.StopAsync(drain, time);

    /// <summary>Ends requests under way and closes the port.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task ServeAsync(HttpContext context)
    {
        var method = context.Request.Method;
        return (method, ChatApi.PathOf(context.Request)) switch
        {
            ("GET", "/models") => JsonServer.ReplyAsync(context, 200, ChatApi.Models(_options.Model)),
            ("GET", var path) when path == $"/models/{_options.Model}" =>
                JsonServer.ReplyAsync(context, 200, ChatApi.Model(_options.Model)),
            ("GET", "/health") => JsonServer.ReplyAsync(context, 200, ChatApi.Health()),
            ("POST", "/chat/completions") => CompleteAsync(context),
            (_, "/models" or "/health" or "/chat/completions") =>
                throw new RefusedException(405, $"{method} is not served here"),
            _ => throw new RefusedException(
                404, "served are GET /v1/models, POST /v1/chat/completions and GET /health"),
        };
    }

    private async Task CompleteAsync(HttpContext context)
    {
        Interlocked.Increment(ref _completions);
        var json = await _server.ReadAsync(context).ConfigureAwait(false);
        if (ChatRequest.Model(json) is { } model && model != _options.Model)
        {
            var asked = model.Length > 100 ? model[..100] : model;
            throw new RefusedException(404, $"there is no model {asked}; this server has {_options.Model}");
        }

        var (message, error) = ChatRequest.Read(json);
        if (message is null)
        {
            throw new RefusedException(400, error);
        }

        var reply = ReplyTo(message) ?? throw new RefusedException(
            400,
            "the last message is neither a consistency question of this program nor a judging prompt about a scene in "
            + "words, and this server reads no others");

        if (_options.Latency > TimeSpan.Zero)
        {
            await Task.Delay(_options.Latency, _time, context.RequestAborted).ConfigureAwait(false);
        }

        if (Draw(_options.FailureRate) is not null)
        {
            throw new RefusedException(503, "failed on purpose (failure rate)");
        }

        await JsonServer.ReplyAsync(context, 200, Completion(reply)).ConfigureAwait(false);
    }

    private string? ReplyTo(string message)
    {
        // What clients ask to see whether a refusal was about their question.
        if (message == JudgePrompt.Check.User)
        {
            return "1";
        }

        if (ConsistencyPrompt.Read(message) is { } question)
        {
            return RuleJudge.Agrees(question) ? "1" : "0";
        }

        return RuleTeacher.Judge(message, Draw(_options.MistakeRate));
    }

    // A number from 0 up to 1 in that share of calls.
    private double? Draw(double share)
    {
        if (share == 0)
        {
            return null;
        }

        lock (_failuresLock)
        {
            return _failures.NextDouble() < share ? _failures.NextDouble() : null;
        }
    }

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
}
