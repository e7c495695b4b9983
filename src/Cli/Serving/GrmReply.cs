using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Traces;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Cli.Serving;

/// <summary>The parts of a reply as the OpenAI chat API writes them.</summary>
internal static class GrmReply
{
    /// <summary>The choice of one sample with its whole text, which ends before a stop string.</summary>
    /// <param name="trace">The sample.</param>
    /// <param name="index">Place of the choice in the reply.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="tokenizer">The model's vocabulary.</param>
    /// <param name="logProbs">Log-probabilities of the sample's tokens, sent where the request asks for them.</param>
    public static JObject Choice(Trace trace, int index, GrmRequest request, Tokenizer tokenizer, JArray logProbs)
    {
        var text = new GrmText(tokenizer, request.Sampling.StopStrings);
        var content = string.Concat(trace.Tokens.Select(text.Add)) + text.Finish();
        return new JObject
        {
            ["index"] = index,
            ["message"] = new JObject { ["role"] = "assistant", ["content"] = content },
            ["logprobs"] = request.LogProbs ? new JObject { ["content"] = logProbs } : null,
            ["finish_reason"] = FinishReasonOf(trace),
        };
    }

    /// <summary>The first piece of a streamed choice, which holds the role.</summary>
    public static JObject Opening(int index) => new()
    {
        ["index"] = index,
        ["delta"] = new JObject { ["role"] = "assistant", ["content"] = "" },
        ["finish_reason"] = null,
    };

    /// <summary>A piece of a streamed choice.</summary>
    /// <param name="index">Place of the choice in the reply.</param>
    /// <param name="text">Text that is new; may be empty.</param>
    /// <param name="logProb">Log-probability of a token; null where there is none to send.</param>
    /// <param name="finish">Why the choice ends; null while it goes on.</param>
    public static JObject Delta(int index, string text, JObject? logProb, string? finish)
    {
        var choice = new JObject
        {
            ["index"] = index,
            ["delta"] = text.Length > 0 ? new JObject { ["content"] = text } : [],
            ["finish_reason"] = finish,
        };
        if (logProb is not null)
        {
            choice["logprobs"] = new JObject { ["content"] = new JArray(logProb) };
        }

        return choice;
    }

    /// <summary>
    /// The count of the votes, and the first sample that agrees with the majority; the first of all where there is
    /// none.
    /// </summary>
    public static (Trace Winner, JObject Vote) Vote(IReadOnlyList<Trace> traces, JudgmentTags tags)
    {
        var choices = traces.Select(trace => JudgmentParser.Parse(tags.ToPublished(trace.Text)).Choice).ToList();
        var tally = VoteTally.Count(choices);
        var winner = tally.Winner is { } majority ? traces[choices.IndexOf(majority)] : traces[0];
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

    /// <summary>Tokens read and sampled; the prompt counts once, however many samples it has.</summary>
    public static JObject Usage(IReadOnlyList<Trace> traces)
    {
        var prompt = traces[0].PromptTokens.Length;
        var completion = traces.Sum(trace => trace.Tokens.Length);
        return new JObject
        {
            ["prompt_tokens"] = prompt,
            ["completion_tokens"] = completion,
            ["total_tokens"] = prompt + completion,
        };
    }

    /// <summary>Why a sample ended: <c>stop</c>, or <c>length</c> where it was cut off.</summary>
    public static string FinishReasonOf(Trace trace) => trace.Finish == FinishReason.Stop ? "stop" : "length";
}
