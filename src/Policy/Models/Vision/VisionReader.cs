using System.Runtime.InteropServices;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// Puts the output of the vision tower into the prompts of a batch, and turns positions on three axes into angles.
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
        _tower = new VisionTower(config.Vision!, layers);
        _rotary = rotary;
    }

    /// <summary>
    /// Token embeddings (B, T, C) with the placeholders' rows replaced by what the tower sees, and what goes into the
    /// decoder's layers beside them. Use it within a dispose scope.
    /// </summary>
    /// <param name="embeddedBTC">Embeddings of all tokens.</param>
    /// <param name="inputs">The media of each row.</param>
    /// <param name="positions">Where they stand.</param>
    /// <param name="isFrozen">Whether the tower takes no gradient.</param>
    /// <param name="tower">A pass that has run over these media already; null: the tower runs now.</param>
    internal (Tensor StreamBTC, DeepStack? Deep) Embed(
        Tensor embeddedBTC,
        MediaInputs inputs,
        MediaPositions positions,
        bool isFrozen,
        TowerPass? tower)
    {
        Tensor[] seen;
        using (enable_grad(!isFrozen && is_grad_enabled()))
        {
            var tokens = tower?.TokensMC ?? See(inputs, embeddedBTC.device, embeddedBTC.dtype);
            seen = [.. tokens.Select(one => SharedMedia.Spread<MediaPatches>(one, inputs, _config))];
        }

        var places = tensor(positions.Places.ToArray(), dtype: ScalarType.Int64, device: embeddedBTC.device);
        var flat = embeddedBTC.view(-1, embeddedBTC.size(-1));
        var stream = flat.index_copy(0, places, seen[0]).view(embeddedBTC.shape);
        return (stream, seen.Length > 1 ? new DeepStack(places, seen[1..]) : null);
    }

    /// <summary>A pass of the tower over the media of a batch that keeps no activations.</summary>
    internal TowerPass BeginTower(MediaInputs inputs, Device device, ScalarType dtype)
    {
        var distinct = SharedMedia.Distinct<MediaPatches>(inputs);
        return new TowerPass(_tower, Patches(distinct, device, dtype), OrderOf(distinct));
    }

    /// <summary>
    /// Cosines and signed sines (B, T, 1, D): some frequencies follow time, some the row, some the column.
    /// </summary>
    internal (Tensor Cos, Tensor Sin) Angles(MediaPositions positions, long rows, Device device)
    {
        var highest = (int)positions.Axes.Max(axis => axis.Max());
        (Tensor Cos, Tensor Sin) At(long[] axis) =>
            _rotary.At(tensor(axis, dtype: ScalarType.Int64, device: device).view(rows, -1), highest);
        var axes = positions.Axes.Select(At).ToArray();
        var order = tensor(FrequencyOrder(axes[0].Cos.size(-1)), dtype: ScalarType.Int64, device: device);
        Tensor Mixed(IEnumerable<Tensor> byAxis) => cat([.. byAxis], -1).index_select(-1, order);
        return (Mixed(axes.Select(axis => axis.Cos)), Mixed(axes.Select(axis => axis.Sin)));
    }

    private VisionConfig Tower => _config.Vision!;

    public void Dispose() => _tower.Dispose();

    /// <summary>Where each number of a head comes from in the heads of the three axes side by side.</summary>
    private long[] FrequencyOrder(long headSize)
    {
        var half = (int)headSize / 2;
        return [.. Enumerable.Range(0, 2 * half).Select(j => (Tower.AxisOf(j % half) * headSize) + j)];
    }

    /// <summary>From each merger the tokens of each distinct item, one item after the other.</summary>
    private Tensor[] See(MediaInputs inputs, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var distinct = SharedMedia.Distinct<MediaPatches>(inputs);
        var tokens = _tower.Forward(Patches(distinct, device, dtype), OrderOf(distinct));
        return [.. tokens.Select(one => one.MoveToOuterDisposeScope())];
    }

    private PatchOrder OrderOf(IEnumerable<MediaPatches> media) => new([.. media.Select(item => item.Grid)], Tower);

    private Tensor Patches(List<MediaPatches> media, Device device, ScalarType dtype)
    {
        var count = media.Sum(item => (long)item.Grid.Patches);
        var packed = empty([count, Tower.PatchValues], dtype: ScalarType.Float32, device: CPU);
        var rest = MemoryMarshal.Cast<byte, float>(packed.bytes);
        foreach (var item in media)
        {
            if (item.Values.Length != (long)item.Grid.Patches * Tower.PatchValues)
            {
                throw new InvalidOperationException(
                    $"{item.Values.Length} numbers for {item.Grid.Patches} patches of {Tower.PatchValues}");
            }

            item.Values.CopyTo(rest);
            rest = rest[item.Values.Length..];
        }

        return packed.to(dtype, device);
    }
}
