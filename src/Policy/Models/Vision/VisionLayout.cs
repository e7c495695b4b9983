using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models.Vision;

/// <summary>The weights of a vision tower under the names that published checkpoints give them.</summary>
internal static class VisionLayout
{
    /// <summary>What the name of every weight of a tower begins with.</summary>
    internal const string Prefix = "visual.";

    internal const string PatchProjection = Prefix + "patch_embed.proj.weight";

    /// <summary>The full name of a weight or module of one block.</summary>
    internal static string Block(int index, string name) => $"{Prefix}blocks.{index}.{name}";

    /// <summary>The full name of a weight or module of the merger.</summary>
    internal static string Merger(string name) => $"{Prefix}merger.{name}";

    /// <summary>All weights, in the order in which fresh ones are drawn.</summary>
    internal static IEnumerable<ParameterSpec> Specs(VisionConfig config)
    {
        long width = config.Width;
        var joined = width * config.MergeSize * config.MergeSize;
        long[] patch = [width, config.Channels, config.TemporalPatchSize, config.PatchSize, config.PatchSize];
        var blocks = Enumerable.Range(0, config.Depth).SelectMany(i => BlockSpecs(config, i));
        return
        [
            new(PatchProjection, patch, ParameterStart.Normal),
            .. blocks,
            .. Norm(Merger("ln_q"), config),
            .. Linear(Merger("mlp.0"), joined, joined),
            .. Linear(Merger("mlp.2"), config.OutputWidth, joined),
        ];
    }

    private static IEnumerable<ParameterSpec> BlockSpecs(VisionConfig config, int index)
    {
        long width = config.Width;
        string Name(string name) => Block(index, name);
        return
        [
            .. Norm(Name("norm1"), config),
            .. Norm(Name("norm2"), config),
            .. Linear(Name("attn.qkv"), 3 * width, width),
            .. Linear(Name("attn.proj"), width, width, ParameterStart.ResidualNormal),
            .. Mlp(Name("mlp"), config),
        ];
    }

    private static IEnumerable<ParameterSpec> Mlp(string module, VisionConfig config)
    {
        long width = config.Width;
        long middle = config.IntermediateSize;
        return config.Family.HasGatedMlp
            ?
            [
                .. Linear(module + ".gate_proj", middle, width),
                .. Linear(module + ".up_proj", middle, width),
                .. Linear(module + ".down_proj", width, middle, ParameterStart.ResidualNormal),
            ]
            :
            [
                .. Linear(module + ".fc1", middle, width),
                .. Linear(module + ".fc2", width, middle, ParameterStart.ResidualNormal),
            ];
    }

    private static IEnumerable<ParameterSpec> Norm(string name, VisionConfig config)
    {
        yield return new(name + ".weight", [config.Width], ParameterStart.Ones);
        if (config.Family.HasLayerNorms)
        {
            yield return new(name + ".bias", [config.Width], ParameterStart.Zeros);
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
