using R1Reward.Data.Media.Processing;
using R1Reward.Data.Media;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// Rotary positions of a batch on three axes (time, row, column), as Qwen2-VL introduced them: text counts up on all
/// axes alike, and so do sounds; a picture or video spreads over rows and columns from the position that it starts at.
/// </summary>
/// <example>
/// Two words, a picture of 2 x 3 tokens, one word: time 0 1 2 2 2 2 2 2 5, row 0 1 2 2 2 3 3 3 5, column 0 1 2 3 4 2 3
/// 4 5; the row's delta is 6 - 9 = -3, so the token decoded next, number 9, has position 6.
/// </example>
internal sealed class MediaPositions
{
    private readonly MediaConfig _config;
    private readonly PositionRule _rule;
    private readonly int _tokens;

    private MediaPositions(MediaConfig config, PositionRule rule, int rows, int tokens)
    {
        _config = config;
        _rule = config.Vision?.Family.HasOwnTimeRule == true ? PositionRule.AfterLargest : rule;
        _tokens = tokens;
        Axes = [new long[rows * tokens], new long[rows * tokens], new long[rows * tokens]];
        Deltas = new int[rows];
    }

    /// <summary>Positions per axis (time, row, column), each (B*T); 0 at padding.</summary>
    public long[][] Axes { get; }

    /// <summary>
    /// For each row by how much the position of a later token exceeds its number among the real tokens.
    /// </summary>
    public int[] Deltas { get; }

    /// <summary>Places of the tokens of pictures and videos in the flattened (B*T), in order.</summary>
    internal List<long> Places { get; } = [];

    /// <summary>Places of the tokens of sounds in the flattened (B*T), in order.</summary>
    internal List<long> SoundPlaces { get; } = [];

    /// <summary>Computes the positions of a batch.</summary>
    /// <param name="ids">Token ids (B*T), each item's placeholder as often as the item has tokens.</param>
    /// <param name="real">
    /// 1 at real tokens (B*T); empty: every row is padded on the right, and what stands there is counted like text.
    /// </param>
    /// <param name="inputs">The media of each row.</param>
    /// <param name="config">How media stand in the model's prompts.</param>
    /// <param name="rule">Position of the first text token after a video.</param>
    /// <exception cref="InvalidOperationException">Placeholders and media do not agree.</exception>
    public static MediaPositions Compute(
        ReadOnlySpan<long> ids,
        ReadOnlySpan<long> real,
        MediaInputs inputs,
        MediaConfig config,
        PositionRule rule)
    {
        var rows = inputs.Rows.Count;
        var positions = new MediaPositions(config, rule, rows, ids.Length / rows);
        for (var row = 0; row < rows; row++)
        {
            positions.FillRow(row, ids, real, [.. inputs.Rows[row].SelectMany(item => Blocks(item, config))]);
        }

        return positions;
    }

    /// <summary>
    /// The runs of tokens that an item has: one, or one for each temporal group, which is a still picture then.
    /// </summary>
    private static IEnumerable<MediaFeatures> Blocks(MediaFeatures item, MediaConfig config) =>
        item is MediaPatches seen && config.Vision!.Family.ShowsTimes
            ? Enumerable.Repeat(seen with { Grid = seen.Grid with { Groups = 1 } }, seen.Grid.Groups)
            : [item];

    private void FillRow(int row, ReadOnlySpan<long> ids, ReadOnlySpan<long> real, IReadOnlyList<MediaFeatures> media)
    {
        var next = 0L;
        var count = 0;
        var item = 0;
        var end = (row + 1) * _tokens;
        for (var at = row * _tokens; at < end; at++)
        {
            if (!real.IsEmpty && real[at] == 0)
            {
                continue;
            }

            if (_config.KindOf(ids[at]) is not { } kind)
            {
                Place(at, next, next, next);
                next++;
                count++;
                continue;
            }

            var tokens = item < media.Count ? _config.TokensOf(media[item]) : 0;
            if (item == media.Count || media[item].Kind != kind || at + tokens > end)
            {
                var known = string.Join(", ", media.Select(medium => $"{medium.Kind} of {_config.TokensOf(medium)}"));
                throw new InvalidOperationException(
                    $"row {row} has tokens of kind {kind} that are none of its media: {known}");
            }

            next = media[item] is MediaPatches shown ? Spread(shown, at, next) : Count(at, tokens, next);
            count += tokens;
            at += tokens - 1;
            item++;
        }

        if (item < media.Count)
        {
            throw new InvalidOperationException($"row {row} has placeholders for {item} of its {media.Count} media");
        }

        Deltas[row] = (int)(Highest(row) + 1 - count);
    }

    private void Place(int at, long time, long row, long column)
    {
        Axes[0][at] = time;
        Axes[1][at] = row;
        Axes[2][at] = column;
    }

    private long Highest(int row) => Axes.Max(axis => axis.AsSpan(row * _tokens, _tokens).ToArray().Max());

    /// <summary>Gives the tokens of a sound their positions, as to text; the result is where text goes on.</summary>
    private long Count(int at, int tokens, long next)
    {
        for (var token = 0; token < tokens; token++)
        {
            Place(at + token, next + token, next + token, next + token);
            SoundPlaces.Add(at + token);
        }

        return next + tokens;
    }

    /// <summary>Gives the tokens of one item their positions; the result is where text goes on.</summary>
    private long Spread(MediaPatches item, int at, long start)
    {
        var rows = item.Grid.Rows / _config.Vision!.MergeSize;
        var columns = item.Grid.Columns / _config.Vision!.MergeSize;
        var last = 0L;
        for (var group = 0; group < item.Grid.Groups; group++)
        {
            var time = start + Step(item, group);
            for (var cell = 0; cell < rows * columns; cell++, at++)
            {
                Place(at, time, start + (cell / columns), start + (cell % columns));
                Places.Add(at);
            }

            last = Math.Max(time, start + Math.Max(rows, columns) - 1);
        }

        return _rule == PositionRule.AfterFrame ? start + Math.Max(rows, columns) : last + 1;
    }

    /// <summary>
    /// Time positions from the first temporal group to this one, in float32 as the published models compute it.
    /// </summary>
    private long Step(MediaPatches item, int group)
    {
        if (item.Kind != MediaKind.Video || _config.Vision!.TokensPerSecond == 0)
        {
            return group;
        }

        var seconds = _rule == PositionRule.AfterLargestWholeSeconds
            ? Math.Truncate(item.SecondsPerGroup)
            : item.SecondsPerGroup;
        return (long)((float)(group * (float)seconds) * (float)_config.Vision!.TokensPerSecond);
    }
}
