using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Traces;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>A reply that is sent piece by piece, as server-sent events, while its tokens are sampled.</summary>
/// <param name="context">The request and its response.</param>
/// <param name="request">The request as read.</param>
/// <param name="head">What every chunk begins with.</param>
/// <param name="tokenizer">The model's vocabulary.</param>
internal sealed class GrmStream(HttpContext context, GrmRequest request, JObject head, Tokenizer tokenizer)
{
    private readonly List<GrmText> _texts =
        [.. Enumerable.Range(0, request.Samples).Select(_ => new GrmText(tokenizer, request.Sampling.StopStrings))];

    /// <summary>Sends the reply as it is sampled.</summary>
    /// <param name="answer">
    /// Samples the reply; calls its first argument on the engine's thread with each token, ends when its second one
    /// is cancelled.
    /// </param>
    public async Task SendAsync(
        Func<Action<StreamedToken>, CancellationToken, Task<IReadOnlyList<Trace>>> answer)
    {
        var tokens = Channel.CreateUnbounded<StreamedToken>(new UnboundedChannelOptions { SingleReader = true });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var answering = answer(sampled => tokens.Writer.TryWrite(sampled), end.Token);
        _ = answering.ContinueWith(_ => tokens.Writer.TryComplete(), TaskScheduler.Default);
        try
        {
            await SendAsync(tokens.Reader, answering);
        }
        finally
        {
            // The request is under way, and counted, until nothing of it is computed any more.
            await end.CancelAsync();
            await ((Task)answering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(ChannelReader<StreamedToken> tokens, Task<IReadOnlyList<Trace>> answering)
    {
        // A prompt that is refused is refused before the stream begins.
        if (!await tokens.WaitToReadAsync(context.RequestAborted))
        {
            await answering;
        }

        await OpenAsync();
        await foreach (var sampled in tokens.ReadAllAsync(context.RequestAborted))
        {
            await SendTokenAsync(sampled);
        }

        await CloseAsync(await answering);
    }

    private async Task OpenAsync()
    {
        head["object"] = "chat.completion.chunk";
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        for (var i = 0; i < request.Samples; i++)
        {
            await SendChoiceAsync(GrmReply.Opening(i));
        }
    }

    private async Task SendTokenAsync(StreamedToken sampled)
    {
        var piece = _texts[sampled.Sample].Add(sampled.Token);
        var logProb = request.LogProbs ? GrmText.LogProb(tokenizer, sampled) : null;
        if (piece.Length > 0 || logProb is not null)
        {
            await SendChoiceAsync(GrmReply.Delta(sampled.Sample, piece, logProb, finish: null));
        }
    }

    private async Task CloseAsync(IReadOnlyList<Trace> traces)
    {
        for (var i = 0; i < traces.Count; i++)
        {
            var rest = _texts[i].Finish();
            await SendChoiceAsync(GrmReply.Delta(i, rest, logProb: null, GrmReply.FinishReasonOf(traces[i])));
        }

        if (request.StreamUsage)
        {
            await SendChunkAsync([], GrmReply.Usage(traces));
        }

        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    private Task SendChoiceAsync(JObject choice) => SendChunkAsync(new JArray(choice), usage: null);

    private async Task SendChunkAsync(JArray choices, JObject? usage)
    {
        var chunk = new JObject(head.Properties()) { ["choices"] = choices };
        if (usage is not null)
        {
            chunk["usage"] = usage;
        }

        await context.Response.WriteAsync($"data: {chunk.ToString(Formatting.None)}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
