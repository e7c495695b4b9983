using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// The vision tower of Qwen2-VL and Qwen2.5-VL: patch projection, blocks with two-dimensional rotary positions, and the
/// merger that turns each group of neighbouring patches into one token of the decoder. Letters in names are axes: P
/// patches, X numbers of a patch, C width, M merged tokens.
/// </summary>
internal sealed class VisionTower : IDisposable
{
    private readonly VisionConfig _config;
    private readonly Tensor _patchProjection;
    private readonly VisionBlock[] _blocks;
    private readonly VisionNorm _mergerNorm;
    private readonly Linear _mergerIn;
    private readonly Linear _mergerOut;
    private readonly RotaryTable _rotary;

    internal VisionTower(VisionConfig config, LinearLayers layers)
    {
        var parameters = layers.Parameters;
        _config = config;
        _patchProjection = parameters[VisionLayout.PatchProjection];
        _blocks = [.. Enumerable.Range(0, config.Depth).Select(i => new VisionBlock(config, layers, i))];
        _mergerNorm = new VisionNorm(config.Family, parameters, VisionLayout.Merger("ln_q"));
        _mergerIn = layers.Add(VisionLayout.Merger("mlp.0"));
        _mergerOut = layers.Add(VisionLayout.Merger("mlp.2"));

        // Half of the frequencies turn with the row, half with the column, so each axis is a table of half a head.
        _rotary = new RotaryTable(new RotaryConfig(), config.HeadSize / 2, parameters.Device, parameters.Dtype);
    }

    /// <summary>Tokens (M, decoder width) of pictures and videos, in the order in which their patches come.</summary>
    /// <param name="patchesPX">The patches of all of them, in the tower's number format.</param>
    /// <param name="grids">How many patches each has in time, rows and columns.</param>
    internal Tensor Forward(Tensor patchesPX, IReadOnlyList<PatchGrid> grids)
    {
        using var scope = NewDisposeScope();
        var order = new PatchOrder(grids, _config);
        return Merge(Blocks(patchesPX, order), order).MoveToOuterDisposeScope();
    }

    /// <summary>Number of blocks; the merger comes after them.</summary>
    internal int Depth => _blocks.Length;

    /// <summary>Output (P, C) of the last block, in running order.</summary>
    internal Tensor Blocks(Tensor patchesPX, PatchOrder order)
    {
        using var scope = NewDisposeScope();
        var (x, pass) = Begin(patchesPX, order);
        for (var i = 0; i < _blocks.Length; i++)
        {
            x = RunBlock(i, x, pass);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>The stream (P, C) before the first block, in running order, and what the blocks share.</summary>
    internal (Tensor StreamPC, VisionPass Pass) Begin(Tensor patchesPX, PatchOrder order)
    {
        var device = patchesPX.device;
        var group = _config.MergeSize * _config.MergeSize;
        Tensor Ids(long[] values) => tensor(values, dtype: ScalarType.Int64, device: device);
        var x = linear(patchesPX, _patchProjection.view(_config.Width, -1));
        var rows = Ids(order.Rows);
        var columns = Ids(order.Columns);
        if (order.IsPermuted)
        {
            var groups = Ids(order.Groups);
            long patches = order.Rows.Length;
            Tensor InOrder(Tensor all) =>
                all.view(-1, group, all.numel() / patches).index_select(0, groups).view(patches, -1);
            x = InOrder(x);
            rows = InOrder(rows).view(-1);
            columns = InOrder(columns).view(-1);
        }

        var angles = Angles(rows, columns, (int)Math.Max(order.Rows.Max(), order.Columns.Max()));
        var frames = new SegmentAttention(order.Frames, device);
        var windows = order.Windows.Length > 0 ? new SegmentAttention(order.Windows, device) : frames;
        return (x, new VisionPass(angles, frames, windows));
    }

    /// <summary>The stream (P, C) after one block.</summary>
    internal Tensor RunBlock(int index, Tensor xPC, VisionPass pass) =>
        _blocks[index].Forward(xPC, pass.Angles, _config.HasWindows(index) ? pass.Windows : pass.Frames);

    public void Dispose() => _rotary.Dispose();

    /// <summary>
    /// Joins each group of patches to one token and brings the tokens back into the order in which they came.
    /// </summary>
    internal Tensor Merge(Tensor xPC, PatchOrder order)
    {
        using var scope = NewDisposeScope();
        var joined = _mergerNorm.Apply(xPC).view(-1, _config.Width * _config.MergeSize * _config.MergeSize);
        var merged = _mergerOut.Apply(gelu(_mergerIn.Apply(joined)));
        if (order.IsPermuted)
        {
            var places = SegmentAttention.Inverse(order.Groups);
            merged = merged.index_select(0, tensor(places, dtype: ScalarType.Int64, device: xPC.device));
        }

        return merged.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Cosines and signed sines (P, 1, D): a quarter of the head by row, a quarter by column, and both again.
    /// </summary>
    private (Tensor Cos, Tensor Sin) Angles(Tensor rows, Tensor columns, int highest)
    {
        var row = _rotary.At(rows, highest);
        var column = _rotary.At(columns, highest);
        var quarter = _config.HeadSize / 4;
        Tensor Both(Tensor byRow, Tensor byColumn)
        {
            Tensor[] halves = [.. new[] { 0, quarter }.SelectMany(Half)];
            return cat(halves, -1);

            Tensor[] Half(int start) => [byRow.narrow(-1, start, quarter), byColumn.narrow(-1, start, quarter)];
        }

        return (Both(row.Cos, column.Cos), Both(row.Sin, column.Sin));
    }
}
