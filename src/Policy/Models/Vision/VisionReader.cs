using System.Runtime.InteropServices;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// Puts the output of the vision tower into the prompts of a batch, and gives every token its position on three axes.
/// </summary>
internal sealed class VisionReader : IDisposable
{
    private readonly MediaConfig _config;
    private readonly VisionTower _tower;
    private readonly RotaryTable _rotary;

    /// <param name="config">How media stand in the model's prompts.</param>
    /// <param name="layers">The model's linear layers, to which the tower adds its own.</param>
    /// <param name="rotary">The decoder's rotary table, which the decoder disposes of.</param>
    internal VisionReader(MediaConfig config, LinearLayers layers, RotaryTable rotary)
    {
        _config = config;
        _tower = new VisionTower(config.Vision, layers);
        _rotary = rotary;
    }

    /// <summary>Three-axis positions of a batch (B, T); a mask (B, T) has 1 at real tokens.</summary>
    /// <exception cref="InvalidOperationException">Placeholders and media do not agree.</exception>
    internal MediaPositions Positions(Tensor idsBT, Tensor? maskBT, MediaInputs inputs, PositionRule rule)
    {
        using var scope = NewDisposeScope();
        ReadOnlySpan<long> Host(Tensor? values) => values is null
            ? []
            : MemoryMarshal.Cast<byte, long>(values.to(ScalarType.Int64).cpu().contiguous().bytes);
        return inputs.Rows.Count == idsBT.size(0)
            ? MediaPositions.Compute(Host(idsBT), Host(maskBT), inputs, _config, rule)
            : throw new InvalidOperationException($"media of {inputs.Rows.Count} rows for a batch of {idsBT.size(0)}");
    }

    /// <summary>Token embeddings (B, T, C) with the placeholders' rows replaced by what the tower sees.</summary>
    /// <param name="embeddedBTC">Embeddings of all tokens.</param>
    /// <param name="inputs">The media of each row.</param>
    /// <param name="positions">Where they stand.</param>
    /// <param name="isFrozen">Whether the tower takes no gradient.</param>
    /// <param name="tower">A pass that has run over these media already; null: the tower runs now.</param>
    internal Tensor Embed(
        Tensor embeddedBTC,
        MediaInputs inputs,
        MediaPositions positions,
        bool isFrozen,
        TowerPass? tower)
    {
        using var scope = NewDisposeScope();
        Tensor seen;
        using (enable_grad(!isFrozen && is_grad_enabled()))
        {
            seen = Spread(tower?.TokensMC ?? See(inputs, embeddedBTC.device, embeddedBTC.dtype), inputs);
        }

        var places = tensor(positions.Places.ToArray(), dtype: ScalarType.Int64, device: embeddedBTC.device);
        var flat = embeddedBTC.view(-1, embeddedBTC.size(-1));
        return flat.index_copy(0, places, seen).view(embeddedBTC.shape).MoveToOuterDisposeScope();
    }

    /// <summary>A pass of the tower over the media of a batch that keeps no activations.</summary>
    internal TowerPass BeginTower(MediaInputs inputs, Device device, ScalarType dtype)
    {
        var distinct = Distinct(inputs);
        var order = new PatchOrder([.. distinct.Select(item => item.Grid)], _config.Vision);
        return new TowerPass(_tower, Patches(distinct, device, dtype), order);
    }

    /// <summary>
    /// Cosines and signed sines (B, T, 1, D): of the frequencies one section follows time, one the row, one the column.
    /// </summary>
    internal (Tensor Cos, Tensor Sin) Angles(MediaPositions positions, long rows, Device device)
    {
        var highest = (int)positions.Axes.Max(axis => axis.Max());
        (Tensor Cos, Tensor Sin) At(long[] axis) =>
            _rotary.At(tensor(axis, dtype: ScalarType.Int64, device: device).view(rows, -1), highest);
        var axes = positions.Axes.Select(At).ToArray();
        return (Sections([.. axes.Select(axis => axis.Cos)]), Sections([.. axes.Select(axis => axis.Sin)]));
    }

    public void Dispose() => _tower.Dispose();

    private Tensor Sections(Tensor[] axes)
    {
        var pieces = new List<Tensor>();
        var half = axes[0].size(-1) / 2;
        foreach (var start in new[] { 0, half })
        {
            var at = start;
            for (var axis = 0; axis < axes.Length; axis++)
            {
                pieces.Add(axes[axis].narrow(-1, at, _config.Vision.RotarySections[axis]));
                at += _config.Vision.RotarySections[axis];
            }
        }

        return cat(pieces, -1);
    }

    /// <summary>Each item once, however many places it stands in.</summary>
    private static List<MediaPatches> Distinct(MediaInputs inputs) =>
        [.. inputs.Rows.SelectMany(row => row).Distinct().Cast<MediaPatches>()];

    /// <summary>Tokens of each distinct item, one item after the other.</summary>
    private Tensor See(MediaInputs inputs, Device device, ScalarType dtype)
    {
        var distinct = Distinct(inputs);
        return _tower.Forward(Patches(distinct, device, dtype), [.. distinct.Select(item => item.Grid)]);
    }

    /// <summary>From the tokens of each item to those of all places, in the order of the prompts.</summary>
    private Tensor Spread(Tensor tokens, MediaInputs inputs)
    {
        var shown = inputs.Rows.SelectMany(row => row).ToList();
        var distinct = Distinct(inputs);
        if (shown.Count == distinct.Count)
        {
            return tokens;
        }

        var firsts = new Dictionary<MediaFeatures, long>();
        var first = 0L;
        foreach (var item in distinct)
        {
            firsts.Add(item, first);
            first += _config.TokensOf(item);
        }

        IEnumerable<long> Places(MediaFeatures item) =>
            Enumerable.Range(0, _config.TokensOf(item)).Select(token => firsts[item] + token);
        var order = shown.SelectMany(Places).ToArray();
        return tokens.index_select(0, tensor(order, dtype: ScalarType.Int64, device: tokens.device));
    }

    private Tensor Patches(List<MediaPatches> media, Device device, ScalarType dtype)
    {
        var count = media.Sum(item => (long)item.Grid.Patches);
        var packed = empty([count, _config.Vision.PatchValues], dtype: ScalarType.Float32, device: CPU);
        var rest = MemoryMarshal.Cast<byte, float>(packed.bytes);
        foreach (var item in media)
        {
            if (item.Values.Length != (long)item.Grid.Patches * _config.Vision.PatchValues)
            {
                throw new InvalidOperationException(
                    $"{item.Values.Length} numbers for {item.Grid.Patches} patches of {_config.Vision.PatchValues}");
            }

            item.Values.CopyTo(rest);
            rest = rest[item.Values.Length..];
        }

        return packed.to(dtype, device);
    }
}
