using System.Runtime.InteropServices;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Audio;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// Puts the output of the towers into the prompts of a batch, and gives every token its position on three axes.
/// </summary>
internal sealed class MediaReader : IDisposable
{
    private readonly MediaConfig _config;
    private readonly RotaryTable _rotary;
    private readonly VisionReader? _vision;
    private readonly AudioTower? _audio;

    /// <param name="config">How media stand in prompts.</param>
    /// <param name="layers">The model's linear layers, to which the towers add their own.</param>
    /// <param name="rotary">The decoder's rotary table, which the decoder disposes of.</param>
    internal MediaReader(MediaConfig config, LinearLayers layers, RotaryTable rotary)
    {
        _config = config;
        _rotary = rotary;
        _vision = config.Vision is null ? null : new VisionReader(config, layers, rotary);
        _audio = config.Audio is null ? null : new AudioTower(config.Audio, layers);
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

    /// <summary>
    /// Token embeddings (B, T, C) with the placeholders' rows replaced by what the towers give, and what goes into the
    /// decoder's layers beside them. Use it within a dispose scope.
    /// </summary>
    /// <param name="embeddedBTC">Embeddings of all tokens.</param>
    /// <param name="inputs">The media of each row.</param>
    /// <param name="positions">Where they stand.</param>
    /// <param name="isFrozen">Whether the towers take no gradient.</param>
    /// <param name="passes">Passes that have run over these media already; null: the towers run now.</param>
    internal (Tensor StreamBTC, DeepStack? Deep) Embed(
        Tensor embeddedBTC,
        MediaInputs inputs,
        MediaPositions positions,
        bool isFrozen,
        MediaPass? passes)
    {
        var (stream, deep) = positions.Places.Count == 0
            ? (embeddedBTC, null)
            : _vision!.Embed(embeddedBTC, inputs, positions, isFrozen, passes?.Vision);
        var heard = positions.SoundPlaces.Count == 0
            ? stream
            : Hear(stream, inputs, positions, isFrozen, passes?.Audio);
        return (heard, deep);
    }

    /// <summary>Passes of the towers over the media of a batch that keep no activations.</summary>
    /// <param name="inputs">The media of each row.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="dtype">The model's number format.</param>
    /// <param name="isTrained">Whether training changes a weight whose name has a text in it.</param>
    internal MediaPass BeginPasses(MediaInputs inputs, Device device, ScalarType dtype, Func<string, bool> isTrained)
    {
        var sees = SharedMedia.Distinct<MediaPatches>(inputs).Count > 0 && isTrained(VisionLayout.Prefix);
        var hears = SharedMedia.Distinct<SoundFeatures>(inputs).Count > 0
            && (isTrained(AudioLayout.Prefix) || isTrained(AudioLayout.Projector));
        return new(
            sees ? _vision!.BeginTower(inputs, device, dtype) : null,
            hears ? new AudioPass(_audio!, Pieces(inputs)) : null);
    }

    /// <summary>
    /// Cosines and signed sines (B, T, 1, D) of a batch; without a vision tower all axes count alike.
    /// </summary>
    internal (Tensor Cos, Tensor Sin) Angles(MediaPositions positions, long rows, Device device)
    {
        if (_vision is not null)
        {
            return _vision.Angles(positions, rows, device);
        }

        var axis = tensor(positions.Axes[0], dtype: ScalarType.Int64, device: device).view(rows, -1);
        return _rotary.At(axis, (int)positions.Axes[0].Max());
    }

    public void Dispose()
    {
        _vision?.Dispose();
        _audio?.Dispose();
    }

    private Tensor Hear(
        Tensor streamBTC, MediaInputs inputs, MediaPositions positions, bool isFrozen, AudioPass? pass)
    {
        Tensor heard;
        using (enable_grad(!isFrozen && is_grad_enabled()))
        {
            var tokens = pass?.TokensMC ?? _audio!.Forward(Pieces(inputs));
            heard = SharedMedia.Spread<SoundFeatures>(tokens, inputs, _config);
        }

        var places = tensor(positions.SoundPlaces.ToArray(), dtype: ScalarType.Int64, device: streamBTC.device);
        return streamBTC.view(-1, streamBTC.size(-1)).index_copy(0, places, heard).view(streamBTC.shape);
    }

    private SoundPieces Pieces(MediaInputs inputs) =>
        new(SharedMedia.Distinct<SoundFeatures>(inputs), _config.Audio!);
}
