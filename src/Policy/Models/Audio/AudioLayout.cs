using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models.Audio;

/// <summary>The weights of an audio tower under the names that published checkpoints give them.</summary>
internal static class AudioLayout
{
    /// <summary>What the name of every weight of a tower begins with.</summary>
    internal const string Prefix = "audio_tower.";

    /// <summary>What the name of every weight of a projector begins with, where it stands outside the tower.</summary>
    internal const string Projector = "multi_modal_projector.";

    /// <summary>Two vectors that published Omni checkpoints hold and no program reads.</summary>
    internal const string Marks = Prefix + "audio_bos_eos_token.weight";

    internal const string Positions = Prefix + "embed_positions.weight";

    /// <summary>The full name of a convolution, 1 or 2.</summary>
    internal static string Convolution(int number) => $"{Prefix}conv{number}";

    /// <summary>The full name of a weight or module of one layer.</summary>
    internal static string Layer(int index, string name) => $"{Prefix}layers.{index}.{name}";

    /// <summary>All weights, in the order in which fresh ones are drawn.</summary>
    internal static IEnumerable<ParameterSpec> Specs(AudioConfig config)
    {
        long width = config.Width;
        return
        [
            .. Affine(Convolution(1), [width, config.MelBins, 3]),
            .. Affine(Convolution(2), [width, width, 3]),
            .. config.Family.HasPositionTable
                ? [new ParameterSpec(Positions, [config.MaxPositions, width], ParameterStart.Sinusoids)]
                : (ParameterSpec[])[],
            .. config.Family.HasChunks
                ? [new ParameterSpec(Marks, [2, config.OutputWidth], ParameterStart.Normal)]
                : (ParameterSpec[])[],
            .. Enumerable.Range(0, config.Depth).SelectMany(index => LayerSpecs(config, index)),
            .. Norm(config.Family.LastNorm, width),
            .. Affine(config.Family.Output, [config.OutputWidth, width]),
        ];
    }

    private static IEnumerable<ParameterSpec> LayerSpecs(AudioConfig config, int index)
    {
        long width = config.Width;
        string Name(string name) => Layer(index, name);
        return
        [
            new(Name("self_attn.k_proj.weight"), [width, width], ParameterStart.Normal),
            .. Affine(Name("self_attn.v_proj"), [width, width]),
            .. Affine(Name("self_attn.q_proj"), [width, width]),
            .. Affine(Name("self_attn.out_proj"), [width, width], ParameterStart.ResidualNormal),
            .. Norm(Name("self_attn_layer_norm"), width),
            .. Affine(Name("fc1"), [config.IntermediateSize, width]),
            .. Affine(Name("fc2"), [width, config.IntermediateSize], ParameterStart.ResidualNormal),
            .. Norm(Name("final_layer_norm"), width),
        ];
    }

    private static IEnumerable<ParameterSpec> Norm(string name, long width) =>
    [
        new(name + ".weight", [width], ParameterStart.Ones),
        new(name + ".bias", [width], ParameterStart.Zeros),
    ];

    private static IEnumerable<ParameterSpec> Affine(
        string name, long[] shape, ParameterStart start = ParameterStart.Normal) =>
    [
        new(name + ".weight", shape, start),
        new(name + ".bias", [shape[0]], ParameterStart.Zeros),
    ];
}
