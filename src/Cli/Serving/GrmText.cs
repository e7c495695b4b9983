using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// The text of one reply as its tokens come. Stop strings are left out: what could still become one is held back.
/// </summary>
/// <param name="tokenizer">The model's vocabulary.</param>
/// <param name="stops">Stop strings.</param>
internal sealed class GrmText(Tokenizer tokenizer, IReadOnlyList<string> stops)
{
    private readonly StreamingDecoder _decoder = new(tokenizer);
    private string _held = "";
    private bool _ended;

    /// <summary>The text that is certain with the next token; may be empty.</summary>
    public string Add(int token) => Release(_decoder.Add(token), last: false);

    /// <summary>What is left at the end.</summary>
    public string Finish() => Release(_decoder.Finish(), last: true);

    /// <summary>A token as log-probabilities list it; null for control tokens, which are no part of the text.</summary>
    public static JObject? LogProb(Tokenizer tokenizer, SampledToken sampled)
    {
        if (tokenizer.IsSpecial(sampled.Token))
        {
            return null;
        }

        var entry = Entry(tokenizer, sampled.Token, sampled.LogProb);
        entry["top_logprobs"] = new JArray(sampled.Likeliest.Select(other => Entry(tokenizer, other.Token, other.LogProb)));
        return entry;
    }

    // A token need not be whole characters: joined bytes give the text, joined texts may not.
    private static JObject Entry(Tokenizer tokenizer, int token, float logProb)
    {
        var bytes = tokenizer.BytesOf(token, skipSpecial: false);
        return new JObject { ["token"] = Encoding.UTF8.GetString(bytes), ["logprob"] = logProb, ["bytes"] = new JArray(bytes.ToArray().Select(value => (int)value)) };
    }

    private string Release(string text, bool last)
    {
        if (_ended)
        {
            return "";
        }

        _held += text;
        var stop = stops.Select(stop => _held.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        _ended = last || stop >= 0;
        var keep = _ended || stops.Count == 0 ? 0 : stops.Max(HeldBack);
        var released = stop >= 0 ? _held[..stop] : _held[..^keep];
        _held = _held[released.Length..];
        return released;
    }

    /// <summary>Length of the longest end of the text that begins a stop string.</summary>
    private int HeldBack(string stop) =>
        Enumerable.Range(1, Math.Min(stop.Length - 1, _held.Length)).Reverse().FirstOrDefault(length => stop.StartsWith(_held[^length..], StringComparison.Ordinal));
}
