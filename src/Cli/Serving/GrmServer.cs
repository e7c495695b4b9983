using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Serving;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// A generative reward model behind the OpenAI chat API: <c>POST /v1/chat/completions</c> answers a judging prompt with
/// analysis and choice, whole or streamed, with log-probabilities; <c>vote_k</c> lets K samples vote. <c>GET
/// /v1/models</c> lists the model. With and without <c>/v1</c>.
/// </summary>
internal sealed class GrmServer : IAsyncDisposable
{
    private readonly GrmServerOptions _options;
    private readonly GrmEngine _engine;
    private readonly TimeProvider _time;
    private JsonServer _server = null!;
    private long _number;

    private GrmServer(GrmServerOptions options, GrmEngine engine, TimeProvider time) => (_options, _engine, _time) = (options, engine, time);

    /// <summary>The base address to give to clients, for example <c>http://127.0.0.1:41234/v1</c>.</summary>
    public Uri Endpoint => new(_server.Address, "v1");

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <exception cref="UserErrorException">
    /// Settings that cannot work, or an address that cannot be listened on.
    /// </exception>
    public static async Task<GrmServer> StartAsync(GrmServerOptions options, GrmEngine engine, TimeProvider time, CancellationToken cancel = default)
    {
        var server = new GrmServer(options, engine, time);
        server._server = await JsonServer.StartAsync(options, server.ServeAsync, ChatApi.Refusal, cancel);
        return server;
    }

    /// <summary>Ends requests under way and closes the port; the engine is the caller's.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task ServeAsync(HttpContext context)
    {
        var path = ChatApi.PathOf(context.Request);
        return (context.Request.Method, path) switch
        {
            ("GET", "/models") => JsonServer.ReplyAsync(context, 200, Models()),
            ("GET", "/health") => JsonServer.ReplyAsync(context, 200, new JObject { ["status"] = "ok" }),
            ("POST", "/chat/completions") => CompleteAsync(context),
            (_, "/models" or "/health" or "/chat/completions") => throw new RefusedException(405, $"{context.Request.Method} is not served here"),
            _ => throw new RefusedException(404, "served are GET /v1/models, POST /v1/chat/completions and GET /health"),
        };
    }

    private async Task CompleteAsync(HttpContext context)
    {
        var request = GrmRequestReader.Read(await _server.ReadAsync(context), _options);
        var number = Interlocked.Increment(ref _number);
        var seed = request.Seed ?? unchecked((long)CounterRandom.KeyOf(_options.Seed, "request", number));
        var head = new JObject { ["id"] = $"chatcmpl-{number}", ["created"] = _time.GetUtcNow().ToUnixTimeSeconds(), ["model"] = _options.Model };
        if (request.Stream)
        {
            await StreamAsync(context, request, seed, head);
            return;
        }

        var told = Enumerable.Range(0, request.Samples).Select(_ => new JArray()).ToList();
        var traces = await _engine.AnswerAsync(request, seed, request.LogProbs ? Note : null).WaitAsync(context.RequestAborted);
        head["object"] = "chat.completion";
        if (request.Vote)
        {
            var (winner, vote) = Vote(traces);
            (head["choices"], head["vote"]) = (new JArray(Choice(winner, 0, request, [])), vote);
        }
        else
        {
            head["choices"] = new JArray(traces.Select((trace, i) => Choice(trace, i, request, told[i])));
        }

        head["usage"] = Usage(traces);
        await JsonServer.ReplyAsync(context, 200, head);

        void Note(SampledToken sampled)
        {
            if (GrmText.LogProb(_engine.Tokenizer, sampled) is { } entry)
            {
                told[sampled.Sample].Add(entry);
            }
        }
    }

    private async Task StreamAsync(HttpContext context, GrmRequest request, long seed, JObject head)
    {
        var tokens = Channel.CreateUnbounded<SampledToken>(new UnboundedChannelOptions { SingleReader = true });
        var answering = _engine.AnswerAsync(request, seed, sampled => tokens.Writer.TryWrite(sampled));
        _ = answering.ContinueWith(_ => tokens.Writer.TryComplete(), TaskScheduler.Default);
        var texts = Enumerable.Range(0, request.Samples).Select(_ => new GrmText(_engine.Tokenizer, request.Sampling.StopStrings)).ToList();

        // A prompt that is refused is refused before the stream begins.
        if (!await tokens.Reader.WaitToReadAsync(context.RequestAborted))
        {
            await answering;
        }

        head["object"] = "chat.completion.chunk";
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        for (var i = 0; i < request.Samples; i++)
        {
            await SendAsync(new JObject { ["index"] = i, ["delta"] = new JObject { ["role"] = "assistant", ["content"] = "" }, ["finish_reason"] = null });
        }

        await foreach (var sampled in tokens.Reader.ReadAllAsync(context.RequestAborted))
        {
            var piece = texts[sampled.Sample].Add(sampled.Token);
            var logProb = request.LogProbs ? GrmText.LogProb(_engine.Tokenizer, sampled) : null;
            if (piece.Length > 0 || logProb is not null)
            {
                await SendAsync(Delta(sampled.Sample, piece, logProb, null));
            }
        }

        var traces = await answering;
        for (var i = 0; i < traces.Count; i++)
        {
            await SendAsync(Delta(i, texts[i].Finish(), null, Finish(traces[i])));
        }

        if (request.StreamUsage)
        {
            await WriteAsync(new JObject(head.Properties()) { ["choices"] = new JArray(), ["usage"] = Usage(traces) });
        }

        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);

        Task SendAsync(JObject choice) => WriteAsync(new JObject(head.Properties()) { ["choices"] = new JArray(choice) });

        async Task WriteAsync(JObject chunk)
        {
            await context.Response.WriteAsync($"data: {chunk.ToString(Formatting.None)}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static JObject Delta(int index, string text, JObject? logProb, string? finish)
    {
        var choice = new JObject { ["index"] = index, ["delta"] = text.Length > 0 ? new JObject { ["content"] = text } : [], ["finish_reason"] = finish };
        if (logProb is not null)
        {
            choice["logprobs"] = new JObject { ["content"] = new JArray(logProb) };
        }

        return choice;
    }

    private JObject Choice(Trace trace, int index, GrmRequest request, JArray logProbs)
    {
        var text = new GrmText(_engine.Tokenizer, request.Sampling.StopStrings);
        return new JObject
        {
            ["index"] = index,
            ["message"] = new JObject { ["role"] = "assistant", ["content"] = string.Concat(trace.Tokens.Select(text.Add)) + text.Finish() },
            ["logprobs"] = request.LogProbs ? new JObject { ["content"] = logProbs } : null,
            ["finish_reason"] = Finish(trace),
        };
    }

    /// <summary>
    /// The count of the votes and the first reply that agrees with the majority; the first of all where there is none.
    /// </summary>
    private static (Trace Winner, JObject Vote) Vote(IReadOnlyList<Trace> traces)
    {
        var choices = traces.Select(trace => JudgmentParser.Parse(trace.Text).Choice).ToList();
        var tally = VoteTally.Of(choices);
        var winner = tally.Winner is { } most ? traces[choices.IndexOf(most)] : traces[0];
        return (winner, new JObject
        {
            ["k"] = traces.Count,
            ["first"] = tally.First,
            ["second"] = tally.Second,
            ["invalid"] = tally.Invalid,
            ["winner"] = (int?)tally.Winner,
            ["agreement"] = tally.Agreement,
        });
    }

    private static string Finish(Trace trace) => trace.Finish == FinishReason.Stop ? "stop" : "length";

    private static JObject Usage(IReadOnlyList<Trace> traces)
    {
        var (prompt, completion) = (traces[0].PromptTokens.Length, traces.Sum(trace => trace.Tokens.Length));
        return new JObject { ["prompt_tokens"] = prompt, ["completion_tokens"] = completion, ["total_tokens"] = prompt + completion };
    }

    private JObject Models() => new()
    {
        ["object"] = "list",
        ["data"] = new JArray(new JObject { ["id"] = _options.Model, ["object"] = "model", ["created"] = 0, ["owned_by"] = "r1reward" }),
    };
}
