using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// The vision tower of the Qwen-VL families: patch projection, blocks with two-dimensional rotary positions, and the
/// merger that turns each group of neighbouring patches into one token of the decoder; of families with deep-stack
/// features a merger for each of some inner blocks, too. Letters in names are axes: P patches, X numbers of a patch, C
/// width, M merged tokens.
/// </summary>
internal sealed class VisionTower : IDisposable
{
    private readonly VisionConfig _config;
    private readonly Tensor _patchProjection;
    private readonly Tensor? _patchBias;
    private readonly PositionTable? _positions;
    private readonly VisionBlock[] _blocks;
    private readonly VisionMerger[] _mergers;
    private readonly RotaryTable _rotary;

    internal VisionTower(VisionConfig config, LinearLayers layers)
    {
        var parameters = layers.Parameters;
        _config = config;
        _patchProjection = parameters[VisionLayout.PatchProjection];
        _patchBias = parameters.Find(VisionLayout.PatchBias);
        _positions = config.Family.HasPositionTable ? new PositionTable(config, parameters) : null;
        _blocks = [.. Enumerable.Range(0, config.Depth).Select(i => new VisionBlock(config, layers, i))];
        _mergers =
        [
            new VisionMerger(config, layers, VisionLayout.Merger, normsJoined: false),
            .. config.DeepStackBlocks.Select((_, i) =>
                new VisionMerger(config, layers, VisionLayout.DeepMerger(i), normsJoined: true)),
        ];
        MergedBlocks = [config.Depth - 1, .. config.DeepStackBlocks];

        // Half of the frequencies turn with the row, half with the column, so each axis is a table of half a head.
        _rotary = new RotaryTable(new RotaryConfig(), config.HeadSize / 2, parameters.Device, parameters.Dtype);
    }

    /// <summary>Number of blocks; mergers come after them.</summary>
    internal int Depth => _blocks.Length;

    /// <summary>For each merger the block whose output it reads: the last one, then those of the deep stack.</summary>
    internal IReadOnlyList<int> MergedBlocks { get; }

    /// <summary>
    /// Tokens (M, decoder width) of pictures and videos from each merger, in the order in which their patches come.
    /// </summary>
    /// <param name="patchesPX">The patches of all of them, in the tower's number format.</param>
    /// <param name="order">The order in which the tower runs them.</param>
    internal Tensor[] Forward(Tensor patchesPX, PatchOrder order)
    {
        using var scope = NewDisposeScope();
        var (x, pass) = Begin(patchesPX, order);
        var tokens = new Tensor[_mergers.Length];
        for (var block = 0; block < _blocks.Length; block++)
        {
            x = RunBlock(block, x, pass);
            for (var merger = 0; merger < tokens.Length; merger++)
            {
                if (MergedBlocks[merger] == block)
                {
                    tokens[merger] = Merge(merger, x, order).MoveToOuterDisposeScope();
                }
            }
        }

        return tokens;
    }

    /// <summary>The stream (P, C) before the first block, in running order, and what the blocks share.</summary>
    internal (Tensor StreamPC, VisionPass Pass) Begin(Tensor patchesPX, PatchOrder order)
    {
        var device = patchesPX.device;
        var group = _config.MergeSize * _config.MergeSize;
        Tensor Ids(long[] values) => tensor(values, dtype: ScalarType.Int64, device: device);
        var x = nn.functional.linear(patchesPX, _patchProjection.view(_config.Width, -1), _patchBias);
        if (_positions is not null)
        {
            x = x.Plus(_positions.Apply(order));
        }

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

    /// <summary>Tokens that a merger makes of a block's output, in the order in which the patches came.</summary>
    internal Tensor Merge(int merger, Tensor xPC, PatchOrder order)
    {
        using var scope = NewDisposeScope();
        var merged = _mergers[merger].Apply(xPC);
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
