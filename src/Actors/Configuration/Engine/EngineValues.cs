using System.Globalization;
using System.Text.RegularExpressions;
using Akka.Configuration;
using R1Reward.Data.Options;

namespace R1Reward.Actors.Configuration.Engine;

/// <summary>
/// Checks values under <c>akka</c> against the form of the engine's own default: a flag, a duration, a size, a count, a
/// number or a list. The engine itself takes many a wrong value for its default, or fails on it long after the start.
/// </summary>
internal static partial class EngineValues
{
    private const string Duration = "write a duration with a unit (ms, s, m, h), for example 10 s";
    private const string Size = "write a size with a unit (b, KiB, MiB), for example 4MiB";
    private const string Level = "write OFF, ERROR, WARNING, INFO or DEBUG";

    // Words that stand in place of a value, and forms that the default does not show.
    private static readonly Dictionary<string, EngineKey> Special = new(StringComparer.Ordinal)
    {
        ["akka.log-dead-letters"] = new(Form.Count, "on", "off"),
        ["akka.log-dead-letters-suspend-duration"] = new(Form.Duration, "infinite"),
        ["akka.stdout-loglevel"] = new(Form.Level),
        ["akka.actor.reaper-interval"] = new(Form.Any),
        ["akka.actor.typed.timeout"] = new(Form.Any),
        ["akka.actor.ask-timeout"] = new(Form.Duration, "infinite"),
        ["akka.actor.provider"] = new(Form.Word, "cluster"),
        ["akka.io.tcp.batch-accept-limit"] = new(Form.Count, "scale-to-cpus"),
        ["akka.remote.dot-netty.tcp.port"] = new(Form.Port),
        ["akka.remote.dot-netty.tcp.public-port"] = new(Form.Port),
        ["akka.remote.dot-netty.tcp.byte-order"] = new(Form.Word, "little-endian", "big-endian"),
        ["akka.remote.dot-netty.tcp.tcp-reuse-addr"] = new(Form.Flag, "off-for-windows"),
        ["akka.remote.log-frame-size-exceeding"] = new(Form.Size, "off"),
        ["akka.remote.log-buffer-size-exceeding"] = new(Form.Count, "off"),
        ["akka.cluster.allow-weakly-up-members"] = new(Form.Duration, "on", "off"),
        ["akka.cluster.auto-down-unreachable-after"] = new(Form.Duration, "off"),
        ["akka.cluster.down-removal-margin"] = new(Form.Duration, "off"),
        ["akka.cluster.publish-stats-interval"] = new(Form.Duration, "off"),
        ["akka.cluster.retry-unsuccessful-join-after"] = new(Form.Duration, "off"),
        ["akka.cluster.shutdown-after-unsuccessful-join-seed-nodes"] = new(Form.Duration, "off"),
        ["akka.cluster.split-brain-resolver.active-strategy"] = new(
            Form.Word, "keep-majority", "static-quorum", "keep-oldest", "keep-referee", "lease-majority", "down-all"),
        ["akka.cluster.split-brain-resolver.down-all-when-unstable"] = new(Form.Duration, "on", "off"),
        ["akka.cluster.split-brain-resolver.static-quorum.quorum-size"] = new(Form.Count, "undefined"),
    };

    // Last parts of names that may be zero, which the engine takes for "at once" or "never".
    private static readonly HashSet<string> ZeroAllowed = new(StringComparer.Ordinal)
    {
        "acceptable-heartbeat-pause", "backoff-interval", "down-removal-margin", "flush-wait-on-shutdown",
        "periodic-tasks-initial-delay", "retry-gate-closed-for", "throughput-deadline-time",
        "write-buffer-high-water-mark", "write-buffer-low-water-mark",
    };

    // Counts of which none makes no sense.
    private static readonly HashSet<string> OneAtLeast = new(StringComparer.Ordinal)
    {
        "backlog", "max-sample-size", "min-nr-of-members", "monitored-by-nr-of-members", "nr-of-instances",
        "parallelism-max", "pool-size-max", "pool-size-min", "system-message-buffer-size", "throughput",
        "ticks-per-wheel",
    };

    private enum Form
    {
        Any,
        Word,
        Flag,
        Level,
        Port,
        Count,
        Number,
        Size,
        Duration,
    }

    /// <summary>What to write instead of a value; null where it is right, or nothing is known of its key.</summary>
    /// <param name="key">A key of the engine's reference configuration.</param>
    /// <param name="written">The value as a text.</param>
    /// <param name="config">The configuration that holds it, as the engine reads it.</param>
    public static string? Remedy(string key, string written, Config config)
    {
        var known = Special.TryGetValue(key, out var special) ? special : new(FormOf(key));
        if (known.Words.Contains(written))
        {
            return null;
        }

        var remedy = Fault(key, known.Form, written, config);
        return remedy is null || known.Words.Length == 0
            ? remedy
            : $"{(remedy.Length > 0 ? $"{remedy}, or" : "write")} {string.Join(" or ", known.Words)}";
    }

    private static string? Fault(string key, Form form, string written, Config config)
    {
        var name = key[(key.LastIndexOf('.') + 1)..];
        var isZeroAllowed = ZeroAllowed.Contains(name);
        return form switch
        {
            Form.Word => "",
            Form.Flag => Flag().IsMatch(written) ? null : "write on or off",
            Form.Level => LevelWord().IsMatch(written) ? null : Level,
            Form.Port => RuleFault(ValueRules.Whole(0, 65535), written),
            Form.Count => RuleFault(ValueRules.Whole(Lowest(key, name)), written),
            Form.Number => RuleFault(ValueRules.Number(0), written),
            Form.Size => ByteSize.Read(config, key) is { } bytes && (bytes > 0 || isZeroAllowed) ? null : Size,
            Form.Duration => Span(config, key) switch
            {
                null => Duration,
                var span when span > TimeSpan.Zero || (span == TimeSpan.Zero && isZeroAllowed) => null,
                _ => isZeroAllowed ? $"{Duration}; not below zero" : $"{Duration}; above zero",
            },
            _ => null,
        };
    }

    private static int Lowest(string key, string name) =>
        OneAtLeast.Contains(name) ? 1 : EngineReference.Default(key).StartsWith('-') ? -1 : 0;

    private static string? RuleFault<T>(ValueRule<T> rule, string written) =>
        rule.Parse(written, out _) ? null : rule.Remedy;

    private static TimeSpan? Span(Config config, string key)
    {
        try
        {
            return config.GetTimeSpan(key, null, allowInfinite: false);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static Form FormOf(string key) => EngineReference.Default(key) switch
    {
        var text when Flag().IsMatch(text) => Form.Flag,
        var text when DurationText().IsMatch(text) => Form.Duration,
        var text when SizeText().IsMatch(text) => Form.Size,
        _ when key.EndsWith("-factor", StringComparison.Ordinal) => Form.Number,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out _) => Form.Count,
        var text when double.TryParse(text, CultureInfo.InvariantCulture, out _) => Form.Number,
        _ => Form.Any,
    };

    [GeneratedRegex("^(on|off|true|false|yes|no)$")]
    private static partial Regex Flag();

    [GeneratedRegex("^(off|error|warning|info|debug)$", RegexOptions.IgnoreCase)]
    private static partial Regex LevelWord();

    [GeneratedRegex(@"^[0-9.]+\s*(ms|s|m|h|d|minutes)$")]
    private static partial Regex DurationText();

    [GeneratedRegex("^[0-9]+(b|k)$")]
    private static partial Regex SizeText();

    private sealed record EngineKey(Form Form, params string[] Words);
}
