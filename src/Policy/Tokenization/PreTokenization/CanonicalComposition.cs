using System.Globalization;
using System.Text;

namespace R1Reward.Policy.Tokenization.PreTokenization;

/// <summary>
/// Unicode normalization form C from tables of our own. <see cref="string.Normalize()"/> depends on the system's ICU,
/// does nothing under invariant globalization and throws on lone surrogates; ids must not depend on the machine. Lone
/// surrogates become U+FFFD.
/// </summary>
internal static class CanonicalComposition
{
    // Characters below U+0300 neither combine nor decompose away: text made of them is in form C already.
    private const char FirstAffected = '\u0300';

    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28;
    private const int HangulCount = LeadCount * VowelCount * TrailCount;

    private static readonly Lazy<Tables> _tables = new(Tables.Read);

    /// <summary>The text in form C.</summary>
    public static string Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstAffected, char.MaxValue))
        {
            return text;
        }

        var tables = _tables.Value;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, points, tables);
        }

        Reorder(points, tables);
        Compose(points, tables);
        var composed = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            composed.Append(new Rune(point).ToString());
        }

        return composed.ToString();
    }

    private static void Decompose(int point, List<int> points, Tables tables)
    {
        if (point - HangulBase is >= 0 and < HangulCount and var syllable)
        {
            points.Add(LeadBase + (syllable / (VowelCount * TrailCount)));
            points.Add(VowelBase + (syllable % (VowelCount * TrailCount) / TrailCount));
            if (syllable % TrailCount is > 0 and var trail)
            {
                points.Add(TrailBase + trail);
            }
        }
        else if (tables.Decompositions.TryGetValue(point, out var parts))
        {
            foreach (var part in parts)
            {
                Decompose(part, points, tables);
            }
        }
        else
        {
            points.Add(point);
        }
    }

    // Marks between two starters are put into the order of their classes; equal classes keep their order.
    private static void Reorder(List<int> points, Tables tables)
    {
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && tables.Class(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var sorted = points[start..end].OrderBy(tables.Class).ToList();
                for (var i = 0; i < sorted.Count; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    private static void Compose(List<int> points, Tables tables)
    {
        var written = 0;
        var starter = -1;
        var lastClass = 0;
        for (var read = 0; read < points.Count; read++)
        {
            var point = points[read];
            var combining = tables.Class(point);
            var adjacent = starter == written - 1;
            var isReached = adjacent || (lastClass != 0 && lastClass < combining);
            if (starter >= 0 && isReached && Pair(points[starter], point, tables) is { } composed)
            {
                points[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = written;
            }

            lastClass = combining;
            points[written++] = point;
        }

        points.RemoveRange(written, points.Count - written);
    }

    private static int? Pair(int first, int second, Tables tables)
    {
        var lead = first - LeadBase;
        var vowel = second - VowelBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            return HangulBase + (((lead * VowelCount) + vowel) * TrailCount);
        }

        var syllable = first - HangulBase;
        var trail = second - TrailBase;
        var isWithoutTrail = syllable is >= 0 and < HangulCount && syllable % TrailCount == 0;
        if (isWithoutTrail && trail is > 0 and < TrailCount)
        {
            return first + trail;
        }

        return tables.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, int> _classes = [];

        public Dictionary<int, int[]> Decompositions { get; } = [];

        public Dictionary<(int First, int Second), int> Compositions { get; } = [];

        public static Tables Read()
        {
            var tables = new Tables();
            using var reader = new StreamReader(typeof(Tables).Assembly.GetManifestResourceStream("nfc.txt")
                ?? throw new InvalidOperationException("The resource nfc.txt is missing."));
            while (reader.ReadLine() is { } line)
            {
                tables.Add(line);
            }

            return tables;
        }

        public int Class(int point) => point < FirstAffected ? 0 : _classes.GetValueOrDefault(point);

        private static int Hex(string digits) =>
            int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        private void Add(string line)
        {
            if (line.StartsWith('#'))
            {
                return;
            }

            if (line.IndexOfAny(['=', '>']) is > 0 and var sign)
            {
                var point = Hex(line[..sign]);
                var parts = line[(sign + 1)..].Split(' ').Select(Hex).ToArray();
                Decompositions.Add(point, parts);
                if (line[sign] == '=')
                {
                    Compositions.Add((parts[0], parts[1]), point);
                }

                return;
            }

            var fields = line.Split(["..", " "], StringSplitOptions.None);
            for (var point = Hex(fields[0]); point <= Hex(fields[1]); point++)
            {
                _classes.Add(point, int.Parse(fields[2], CultureInfo.InvariantCulture));
            }
        }
    }
}
