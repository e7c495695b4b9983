using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models.Vision;

/// <summary>The weights of a vision tower under the names that published checkpoints give them.</summary>
internal static class VisionLayout
{
    /// <summary>What the name of every weight of a tower begins with.</summary>
    internal const string Prefix = "visual.";

    /// <summary>Queries, keys and values of a block whose family has them apart.</summary>
    internal static readonly string[] Split = ["attn.q", "attn.k", "attn.v"];

    internal const string PatchProjection = Prefix + "patch_embed.proj.weight";

    internal const string PatchBias = Prefix + "patch_embed.proj.bias";

    /// <summary>The learned positions, where a family has such.</summary>
    internal const string PositionTable = Prefix + "pos_embed.weight";

    /// <summary>The module that makes the decoder's tokens of the last block's output.</summary>
    internal const string Merger = Prefix + "merger";

    /// <summary>The module that makes features of the output of an inner block.</summary>
    internal static string DeepMerger(int index) => $"{Prefix}deepstack_merger_list.{index}";

    /// <summary>The full name of a weight or module of one block.</summary>
    internal static string Block(int index, string name) => $"{Prefix}blocks.{index}.{name}";

    /// <summary>All weights, in the order in which fresh ones are drawn.</summary>
    internal static IEnumerable<ParameterSpec> Specs(VisionConfig config)
    {
        long width = config.Width;
        long[] patch = [width, config.Channels, config.TemporalPatchSize, config.PatchSize, config.PatchSize];
        long positions = config.PositionsPerSide * config.PositionsPerSide;
        var table = new ParameterSpec[]
        {
            new(PatchBias, [width], ParameterStart.Zeros),
            new(PositionTable, [positions, width], ParameterStart.Normal),
        };
        return
        [
            new(PatchProjection, patch, ParameterStart.Normal),
            .. config.Family.HasPositionTable ? table : [],
            .. Enumerable.Range(0, config.Depth).SelectMany(i => BlockSpecs(config, i)),
            .. MergerSpecs(Merger, config, config.Width),
            .. config.DeepStackBlocks.SelectMany((_, i) => MergerSpecs(DeepMerger(i), config, config.JoinedWidth)),
        ];
    }

    private static IEnumerable<ParameterSpec> MergerSpecs(string module, VisionConfig config, int normed)
    {
        var names = config.Family.Names;
        return
        [
            .. Norm($"{module}.{names.MergerNorm}", config, normed),
            .. Linear($"{module}.{names.MergerIn}", config.JoinedWidth, config.JoinedWidth),
            .. Linear($"{module}.{names.MergerOut}", config.OutputWidth, config.JoinedWidth),
        ];
    }

    private static IEnumerable<ParameterSpec> BlockSpecs(VisionConfig config, int index)
    {
        long width = config.Width;
        string Name(string name) => Block(index, name);
        return
        [
            .. Norm(Name("norm1"), config, config.Width),
            .. Norm(Name("norm2"), config, config.Width),
            .. config.Family.HasSplitAttention
                ? Split.SelectMany(name => Linear(Name(name), width, width))
                : Linear(Name("attn.qkv"), 3 * width, width),
            .. Linear(Name("attn.proj"), width, width, ParameterStart.ResidualNormal),
            .. Mlp(Name("mlp"), config),
        ];
    }

    private static IEnumerable<ParameterSpec> Mlp(string module, VisionConfig config)
    {
        long width = config.Width;
        long middle = config.IntermediateSize;
        var names = config.Family.Names;
        return config.Family.HasGatedMlp
            ?
            [
                .. Linear(module + ".gate_proj", middle, width),
                .. Linear(module + ".up_proj", middle, width),
                .. Linear(module + ".down_proj", width, middle, ParameterStart.ResidualNormal),
            ]
            :
            [
                .. Linear($"{module}.{names.MlpIn}", middle, width),
                .. Linear($"{module}.{names.MlpOut}", width, middle, ParameterStart.ResidualNormal),
            ];
    }

    private static IEnumerable<ParameterSpec> Norm(string name, VisionConfig config, long width)
    {
        yield return new(name + ".weight", [width], ParameterStart.Ones);
        if (config.Family.HasLayerNorms)
        {
            yield return new(name + ".bias", [width], ParameterStart.Zeros);
        }
    }

    private static IEnumerable<ParameterSpec> Linear(
        string name,
        long rows,
        long columns,
        ParameterStart start = ParameterStart.Normal)
    {
        yield return new(name + ".weight", [rows, columns], start);
        yield return new(name + ".bias", [rows], ParameterStart.Zeros);
    }
}
