using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// Learned positions of Qwen3-VL: a square of vectors that is stretched over each frame, its corners on the frame's
/// corners, with bilinear weights between.
/// </summary>
/// <param name="config">The tower.</param>
/// <param name="parameters">The model's weights.</param>
internal sealed class PositionTable(VisionConfig config, ParameterTable parameters)
{
    private readonly Tensor _table = parameters[VisionLayout.PositionTable];

    /// <summary>The position (P, C) of each patch, in the order in which patches come.</summary>
    internal Tensor Apply(PatchOrder order)
    {
        using var scope = NewDisposeScope();
        var pieces = new List<Tensor>();
        var first = 0;
        foreach (var grid in order.Grids)
        {
            // All frames of an item are alike.
            var frame = grid.Rows * grid.Columns;
            var places = Enumerable.Range(first, frame);
            var vertical = places.Select(at => At((int)order.Rows[at], grid.Rows)).ToList();
            var horizontal = places.Select(at => At((int)order.Columns[at], grid.Columns)).ToList();
            pieces.Add(Blend(vertical, horizontal).repeat(grid.Groups, 1));
            first += grid.Patches;
        }

        return cat(pieces, 0).MoveToOuterDisposeScope();
    }

    /// <summary>The sum of the four vectors around each patch, by their nearness.</summary>
    private Tensor Blend(List<Place> vertical, List<Place> horizontal)
    {
        var side = config.PositionsPerSide;
        var patches = vertical.Count;
        Tensor Corner(Func<Place, (int Index, float Share)> row, Func<Place, (int Index, float Share)> column)
        {
            var pairs = vertical.Zip(horizontal, (down, right) => (Row: row(down), Column: column(right))).ToList();
            var ids = pairs.Select(pair => ((long)pair.Row.Index * side) + pair.Column.Index).ToArray();
            var shares = pairs.Select(pair => pair.Row.Share * pair.Column.Share).ToArray();
            return _table.index_select(0, tensor(ids, dtype: ScalarType.Int64, device: _table.device))
                * tensor(shares, dtype: ScalarType.Float32, device: _table.device).to(_table.dtype).view(patches, 1);
        }

        return Corner(Before, Before).Plus(Corner(Before, After))
            .Plus(Corner(After, Before)).Plus(Corner(After, After));

        static (int Index, float Share) Before(Place place) => (place.Low, 1 - place.Beyond);

        static (int Index, float Share) After(Place place) => (place.High, place.Beyond);
    }

    /// <summary>Where one of so many patches along a side lies between the table's entries, in float32.</summary>
    private Place At(int patch, int patches)
    {
        float last = config.PositionsPerSide - 1;
        var step = patches > 1 ? last / (patches - 1) : 0;

        // From both ends inwards, as linspace computes it.
        var at = patch < patches / 2 ? patch * step : last - ((patches - 1 - patch) * step);
        var low = patches > 1 ? (int)at : 0;
        return new Place(low, Math.Min(low + 1, (int)last), patches > 1 ? at - low : 0);
    }

    /// <summary>The two entries around a place and how far beyond the first it lies.</summary>
    private readonly record struct Place(int Low, int High, float Beyond);
}
