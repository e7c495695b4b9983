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
    /// <param name="grids">How many patches each picture or video has in time, rows and columns.</param>
    /// <param name="config">The tower.</param>
    internal PatchOrder(IReadOnlyList<PatchGrid> grids, VisionConfig config)
    {
        var groups = new List<long>();
        var rows = new List<long>();
        var columns = new List<long>();
        var frames = new List<int>();
        var windows = new List<int>();
        var merge = config.MergeSize;
        var window = config.WindowSize / (config.PatchSize * merge);
        foreach (var grid in grids)
        {
            for (var frame = 0; frame < grid.Groups; frame++)
            {
                var firstGroup = rows.Count / (merge * merge);
                AddPlaces(grid, merge, rows, columns);
                frames.Add(grid.Rows * grid.Columns);
                AddGroups(grid, merge, window, firstGroup, groups, windows);
            }
        }

        Grids = grids;
        Groups = [.. groups];
        Rows = [.. rows];
        Columns = [.. columns];
        Frames = [.. frames];
        Windows = [.. windows];
        IsPermuted = Groups.Where((group, at) => group != at).Any();
    }

    /// <summary>How many patches each picture or video has, in the order in which they come.</summary>
    internal IReadOnlyList<PatchGrid> Grids { get; }

    /// <summary>Numbers of the merge groups as they come, in the order in which they run.</summary>
    internal long[] Groups { get; }

    /// <summary>Row of each patch in its frame, as patches come.</summary>
    internal long[] Rows { get; }

    /// <summary>Column of each patch in its frame, as patches come.</summary>
    internal long[] Columns { get; }

    /// <summary>Patches of each frame (temporal group), one after the other; nothing attends across frames.</summary>
    internal int[] Frames { get; }

    /// <summary>
    /// Patches of each window, one after the other in running order; empty where there are no windows.
    /// </summary>
    internal int[] Windows { get; }

    /// <summary>Whether <see cref="Groups"/> differs from the order in which they come.</summary>
    internal bool IsPermuted { get; }

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

    private static void AddGroups(
        PatchGrid grid,
        int merge,
        int window,
        int firstGroup,
        List<long> groups,
        List<int> windows)
    {
        var rows = grid.Rows / merge;
        var columns = grid.Columns / merge;
        var high = window == 0 ? rows : window;
        var wide = window == 0 ? columns : window;
        for (var top = 0; top < rows; top += high)
        {
            for (var left = 0; left < columns; left += wide)
            {
                var bottom = Math.Min(top + high, rows);
                var right = Math.Min(left + wide, columns);
                for (var row = top; row < bottom; row++)
                {
                    for (var column = left; column < right; column++)
                    {
                        groups.Add(firstGroup + (row * columns) + column);
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
