using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// The order in which a tower runs the patches of a batch and which of them see each other. Patches come merge group by
/// merge group; where there are windows, the groups of one window are brought next to each other and stay so through
/// all blocks.
/// </summary>
internal sealed class PatchOrder
{
    private PatchOrder(long[] groups, long[] rows, long[] columns, int[] frames, int[] windows, bool isPermuted) =>
        (Groups, Rows, Columns, Frames, Windows, IsPermuted) = (groups, rows, columns, frames, windows, isPermuted);

    /// <summary>Merge groups as they come, in the order in which they run.</summary>
    internal long[] Groups { get; }

    /// <summary>Row of each patch in its frame, as patches come.</summary>
    internal long[] Rows { get; }

    /// <summary>Column of each patch in its frame, as patches come.</summary>
    internal long[] Columns { get; }

    /// <summary>Patches of each frame (temporal group), one after the other; nothing attends across frames.</summary>
    internal int[] Frames { get; }

    /// <summary>Patches of each window, one after the other in running order; empty where there are no windows.</summary>
    internal int[] Windows { get; }

    /// <summary>Whether <see cref="Groups"/> differs from the order in which they come.</summary>
    internal bool IsPermuted { get; }

    internal static PatchOrder Of(IReadOnlyList<PatchGrid> grids, VisionConfig config)
    {
        var (groups, rows, columns) = (new List<long>(), new List<long>(), new List<long>());
        var (frames, windows) = (new List<int>(), new List<int>());
        var window = config.WindowSize / (config.PatchSize * config.MergeSize);
        foreach (var grid in grids)
        {
            for (var frame = 0; frame < grid.Groups; frame++)
            {
                var first = rows.Count / (config.MergeSize * config.MergeSize);
                AddPlaces(grid, config.MergeSize, rows, columns);
                frames.Add(grid.Rows * grid.Columns);
                AddGroups(grid, config.MergeSize, window, first, groups, windows);
            }
        }

        var order = groups.ToArray();
        return new([.. order], [.. rows], [.. columns], [.. frames], [.. windows], order.Where((group, at) => group != at).Any());
    }

    private static void AddPlaces(PatchGrid grid, int merge, List<long> rows, List<long> columns)
    {
        for (var groupRow = 0; groupRow < grid.Rows; groupRow += merge)
        {
            for (var groupColumn = 0; groupColumn < grid.Columns; groupColumn += merge)
            {
                for (var inside = 0; inside < merge * merge; inside++)
                {
                    rows.Add(groupRow + (inside / merge));
                    columns.Add(groupColumn + (inside % merge));
                }
            }
        }
    }

    private static void AddGroups(PatchGrid grid, int merge, int window, int first, List<long> groups, List<int> windows)
    {
        var (rows, columns) = (grid.Rows / merge, grid.Columns / merge);
        var (high, wide) = window == 0 ? (rows, columns) : (window, window);
        for (var top = 0; top < rows; top += high)
        {
            for (var left = 0; left < columns; left += wide)
            {
                var (bottom, right) = (Math.Min(top + high, rows), Math.Min(left + wide, columns));
                for (var row = top; row < bottom; row++)
                {
                    for (var column = left; column < right; column++)
                    {
                        groups.Add(first + (row * columns) + column);
                    }
                }

                if (window > 0)
                {
                    windows.Add((bottom - top) * (right - left) * merge * merge);
                }
            }
        }
    }
}
