using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// Which fields of a request a server wants otherwise, learned from its refusals: newer models of OpenAI take
/// <c>max_completion_tokens</c> in the place of <c>max_tokens</c>, and only their own temperature. Safe for concurrent
/// use.
/// </summary>
/// <param name="note">Takes a sentence when replies will be sampled otherwise than configured.</param>
internal sealed partial class JudgeDialect(Action<string> note)
{
    private volatile bool _wantsCompletionTokens;
    private int _keepsTemperature;

    /// <summary>A body as the server takes it.</summary>
    public JObject Write(JObject body)
    {
        var written = new JObject(body);
        if (_wantsCompletionTokens && written["max_tokens"] is { } limit)
        {
            written.Remove("max_tokens");
            written["max_completion_tokens"] = limit;
        }

        if (Volatile.Read(ref _keepsTemperature) == 1)
        {
            written.Remove("temperature");
        }

        return written;
    }

    /// <summary>Whether a refusal names a field of the body that is left out or renamed from now on.</summary>
    public bool Learn(JObject sent, string refusal)
    {
        if (sent.ContainsKey("max_tokens") && refusal.Contains("max_completion_tokens", StringComparison.Ordinal))
        {
            _wantsCompletionTokens = true;
            return true;
        }

        if (!sent.ContainsKey("temperature") || !RefusesTemperature().IsMatch(refusal))
        {
            return false;
        }

        if (Interlocked.Exchange(ref _keepsTemperature, 1) == 0)
        {
            note($"the judge is asked without a temperature and samples as it likes, not as configured: {refusal}");
        }

        return true;
    }

    [GeneratedRegex(
        @"(?:unsupported|unrecognized|unknown|unexpected)[^.]{0,40}\btemperature\b" +
        @"|\btemperature\b\W{0,3}\s*(?:does not support|is not supported|not supported|is deprecated|is not allowed)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RefusesTemperature();
}
