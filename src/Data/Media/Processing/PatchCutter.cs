namespace R1Reward.Data.Media.Processing;

/// <summary>Cuts pictures into normalised patches in the order in which neighbouring ones are merged.</summary>
internal static class PatchCutter
{
    /// <summary>
    /// Cuts frames of one size, both sides multiples of patch size times merge size. The last frame is repeated until
    /// the temporal groups are full: a still picture fills its one group by itself.
    /// </summary>
    public static MediaPatches Cut(
        MediaKind kind, IReadOnlyList<RgbImage> frames, PreprocessorConfig config, double secondsPerGroup)
    {
        var (patch, merge, depth) = (config.PatchSize, config.MergeSize, config.TemporalPatchSize);
        var grid = new PatchGrid((frames.Count + depth - 1) / depth, frames[0].Height / patch, frames[0].Width / patch);
        var values = new float[grid.Patches * 3 * depth * patch * patch];
        var levels = Levels(config);
        var at = 0;
        for (var group = 0; group < grid.Groups; group++)
        {
            var shown = Enumerable.Range(group * depth, depth)
                .Select(i => frames[Math.Min(i, frames.Count - 1)])
                .ToArray();
            for (var row = 0; row < grid.Rows; row += merge)
            {
                for (var column = 0; column < grid.Columns; column += merge)
                {
                    for (var member = 0; member < merge * merge; member++)
                    {
                        at = CutOne(
                            shown,
                            (row + (member / merge)) * patch,
                            (column + (member % merge)) * patch,
                            patch,
                            levels,
                            values,
                            at);
                    }
                }
            }
        }

        return new MediaPatches(kind, values, grid, secondsPerGroup);
    }

    /// <summary>Writes one patch (channel, frame, row, column) and returns where the next begins.</summary>
    private static int CutOne(RgbImage[] frames, int top, int left, int side, float[][] levels, float[] values, int at)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var level = levels[channel];
            foreach (var frame in frames)
            {
                for (var y = top; y < top + side; y++)
                {
                    var pixels = frame.Rgb.AsSpan(3 * ((y * frame.Width) + left), 3 * side);
                    for (var x = channel; x < pixels.Length; x += 3)
                    {
                        values[at++] = level[pixels[x]];
                    }
                }
            }
        }

        return at;
    }

    /// <summary>What each of the 256 levels of each channel becomes.</summary>
    private static float[][] Levels(PreprocessorConfig config) =>
        [.. Enumerable.Range(0, 3).Select(channel => Levels(config, channel))];

    private static float[] Levels(PreprocessorConfig config, int channel)
    {
        var mean = (float)config.Mean[channel];
        var deviation = (float)config.Deviation[channel];
        return
        [
            .. Enumerable.Range(0, 256).Select(level => ((float)(level * config.RescaleFactor) - mean) / deviation),
        ];
    }
}
