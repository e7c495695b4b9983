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

    /// <summary>The text that is certain once the next token is there; may be empty.</summary>
    public string Add(int token) => Release(_decoder.Add(token), isLast: false);

    /// <summary>The text that was held back, after the last token.</summary>
    public string Finish() => Release(_decoder.Finish(), isLast: true);

    /// <summary>A token as log-probabilities list it; null for control tokens, which are no part of the text.</summary>
    public static JObject? LogProb(Tokenizer tokenizer, StreamedToken sampled)
    {
        if (tokenizer.IsSpecial(sampled.Token))
        {
            return null;
        }

        var entry = Entry(tokenizer, sampled.Token, sampled.LogProb);
        var likeliest = sampled.Likeliest.Select(other => Entry(tokenizer, other.Token, other.LogProb));
        entry["top_logprobs"] = new JArray(likeliest);
        return entry;
    }

    // A token need not be whole characters: joined bytes give the text, joined texts may not.
    private static JObject Entry(Tokenizer tokenizer, int token, float logProb)
    {
        var bytes = tokenizer.BytesOf(token, skipSpecial: false);
        return new JObject
        {
            ["token"] = Encoding.UTF8.GetString(bytes),
            ["logprob"] = logProb,
            ["bytes"] = new JArray(bytes.ToArray().Select(value => (int)value)),
        };
    }

    private string Release(string text, bool isLast)
    {
        if (_ended)
        {
            return "";
        }

        _held += text;
        var stop = FirstStop();
        _ended = isLast || stop is not null;
        var length = stop ?? _held.Length - (_ended ? 0 : HeldBack());
        var released = _held[..length];
        _held = _held[length..];
        return released;
    }

    private int? FirstStop()
    {
        var found = stops.Select(stop => _held.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).ToList();
        return found.Count > 0 ? found.Min() : null;
    }

    /// <summary>Length of the longest end of the text that begins a stop string.</summary>
    private int HeldBack()
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, _held.Length); length > longest; length--)
            {
                if (stop.StartsWith(_held[^length..], StringComparison.Ordinal))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
