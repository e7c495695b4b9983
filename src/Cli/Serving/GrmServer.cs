using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Randomness;
using R1Reward.Rewards.Http;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// A generative reward model behind the OpenAI chat API: <c>POST /v1/chat/completions</c> answers a judging prompt with
/// analysis and choice, whole or streamed, with log-probabilities; <c>vote_k</c> lets K samples vote.
/// <c>GET /v1/models</c> lists the model. With and without <c>/v1</c>.
/// </summary>
internal sealed class GrmServer : IAsyncDisposable
{
    private readonly GrmServerOptions _options;
    private readonly GrmEngine _engine;
    private readonly TimeProvider _time;
    private JsonServer _server = null!;
    private long _requests;

    private GrmServer(GrmServerOptions options, GrmEngine engine, TimeProvider time)
    {
        _options = options;
        _engine = engine;
        _time = time;
    }

    /// <summary>The base address to give to clients, for example <c>http://127.0.0.1:41234/v1</c>.</summary>
    public Uri Endpoint => new(_server.Address, "v1");

    /// <summary>Requests of which something is still read, computed or sent.</summary>
    public int UnderWay => _server.UnderWay;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <exception cref="UserErrorException">
    /// Settings that cannot work, or an address that cannot be listened on.
    /// </exception>
    public static async Task<GrmServer> StartAsync(
        GrmServerOptions options, GrmEngine engine, TimeProvider time, CancellationToken cancel = default)
    {
        var server = new GrmServer(options, engine, time);
        server._server = await JsonServer.StartAsync(options, server.ServeAsync, ChatApi.Refusal, cancel);
        return server;
    }

    /// <summary>Takes no more requests and lets those under way end; see <see cref="JsonServer.StopAsync"/>.</summary>
    public Task<IReadOnlyList<string>> StopAsync(TimeSpan drain, TimeProvider time) => _server.StopAsync(drain, time);

    /// <summary>Ends requests under way and closes the port; the engine is the caller's.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task ServeAsync(HttpContext context)
    {
        var method = context.Request.Method;
        var path = ChatApi.PathOf(context.Request);
        if (method == "GET" && path.StartsWith("/models/", StringComparison.Ordinal))
        {
            var name = path["/models/".Length..];
            return name == _options.Model
                ? JsonServer.ReplyAsync(context, 200, ChatApi.Model(_options.Model))
                : throw new RefusedException(404, $"there is no such model; this server has {_options.Model}");
        }

        return (method, path) switch
        {
            ("GET", "/models") => JsonServer.ReplyAsync(context, 200, ChatApi.Models(_options.Model)),
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
        var request = GrmRequestReader.Read(await _server.ReadAsync(context), _options);
        var number = Interlocked.Increment(ref _requests);
        var seed = request.Seed ?? unchecked((long)CounterRandom.KeyOf(_options.Seed, "request", number));
        var head = new JObject
        {
            ["id"] = $"chatcmpl-{number}",
            ["created"] = _time.GetUtcNow().ToUnixTimeSeconds(),
            ["model"] = _options.Model,
        };
        if (request.Stream)
        {
            var stream = new GrmStream(context, request, head, _engine.Tokenizer);
            await stream.SendAsync((onToken, cancel) => _engine.AnswerAsync(request, seed, onToken, cancel));
        }
        else
        {
            await ReplyAsync(context, request, seed, head);
        }
    }

    private async Task ReplyAsync(HttpContext context, GrmRequest request, long seed, JObject reply)
    {
        var tokenizer = _engine.Tokenizer;
        var logProbs = Enumerable.Range(0, request.Samples).Select(_ => new JArray()).ToList();
        var traces = await _engine.AnswerAsync(
            request, seed, request.LogProbs ? Note : null, context.RequestAborted);
        reply["object"] = "chat.completion";
        if (request.Vote)
        {
            var (winner, vote) = GrmReply.Vote(traces, _engine.Tags);
            reply["choices"] = new JArray(GrmReply.Choice(winner, 0, request, tokenizer, []));
            reply["vote"] = vote;
        }
        else
        {
            var choices = traces.Select((trace, i) => GrmReply.Choice(trace, i, request, tokenizer, logProbs[i]));
            reply["choices"] = new JArray(choices);
        }

        reply["usage"] = GrmReply.Usage(traces);
        await JsonServer.ReplyAsync(context, 200, reply);

        void Note(StreamedToken sampled)
        {
            if (GrmText.LogProb(tokenizer, sampled) is { } entry)
            {
                logProbs[sampled.Sample].Add(entry);
            }
        }
    }
}
