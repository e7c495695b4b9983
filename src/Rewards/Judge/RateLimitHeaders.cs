using System.Globalization;
using System.Text.RegularExpressions;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// How long a server asks to wait: <c>retry-after-ms</c>, <c>Retry-After</c>, or the reset of an <c>x-ratelimit-*</c>
/// allowance of which nothing remains.
/// </summary>
/// <example>
/// <c>x-ratelimit-remaining-tokens: 0</c> with <c>x-ratelimit-reset-tokens: 6m0.5s</c>: 360.5 seconds.
/// </example>
internal static partial class RateLimitHeaders
{
    private static readonly string[] Allowances = ["", "-requests", "-tokens"];

    /// <summary>The longest of the waits that a reply asks for; null where it asks for none.</summary>
    public static TimeSpan? Wait(HttpResponseMessage response, DateTimeOffset now)
    {
        if (Number(response, "retry-after-ms") is { } milliseconds)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > now => date - now,
            _ => Allowances.Select(allowance => Reset(response, allowance, now)).Max(),
        };
    }

    private static TimeSpan? Reset(HttpResponseMessage response, string allowance, DateTimeOffset now)
    {
        if (Number(response, "x-ratelimit-remaining" + allowance) is not <= 0)
        {
            return null;
        }

        var text = Header(response, "x-ratelimit-reset" + allowance) ?? "";
        if (Number(response, "x-ratelimit-reset" + allowance) is { } number)
        {
            // Some write seconds to wait, others the Unix time in seconds or milliseconds.
            var wait = number switch
            {
                < 1e9 => TimeSpan.FromSeconds(number),
                < 1e12 => DateTimeOffset.UnixEpoch.AddSeconds(number) - now,
                < 1e14 => DateTimeOffset.UnixEpoch.AddMilliseconds(number) - now,
                _ => TimeSpan.Zero,
            };
            return wait > TimeSpan.Zero ? wait : null;
        }

        var parts = Parts().Match(text);
        return text.Length > 0 && parts.Success
            ? TimeSpan.FromMilliseconds(
                (Part(parts, "h") * 3_600_000) + (Part(parts, "m") * 60_000) + (Part(parts, "s") * 1000)
                + Part(parts, "ms"))
            : null;
    }

    private static double Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? double.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    private static double? Number(HttpResponseMessage response, string name) =>
        double.TryParse(
            Header(response, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number < 1e15
            ? number
            : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault()?.Trim() : null;

    [GeneratedRegex(
        @"\A(?:(?<h>\d{1,4})h)?(?:(?<m>\d{1,6})m(?!s))?(?:(?<s>\d{1,8}(?:\.\d{1,9})?)s)?" +
        @"(?:(?<ms>\d{1,9}(?:\.\d{1,9})?)ms)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
