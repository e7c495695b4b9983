using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models.Vision;

/// <summary>The weights of a vision tower under the names that published checkpoints give them.</summary>
internal static class VisionLayout
{
    internal const string PatchProjection = "visual.patch_embed.proj.weight";

    internal static string Block(int index, string name) => $"visual.blocks.{index}.{name}";

    internal static string Merger(string name) => "visual.merger." + name;

    internal static IEnumerable<ParameterSpec> Of(VisionConfig config)
    {
        long width = config.Width, joined = width * config.MergeSize * config.MergeSize;
        yield return new(PatchProjection, [width, config.Channels, config.TemporalPatchSize, config.PatchSize, config.PatchSize], ParameterStart.Normal);
        for (var i = 0; i < config.Depth; i++)
        {
            foreach (var spec in Norm(Block(i, "norm1"), config).Concat(Norm(Block(i, "norm2"), config))
                .Concat(Linear(Block(i, "attn.qkv"), 3 * width, width))
                .Concat(Linear(Block(i, "attn.proj"), width, width, ParameterStart.ResidualNormal))
                .Concat(Mlp(i, config)))
            {
                yield return spec;
            }
        }

        foreach (var spec in Norm(Merger("ln_q"), config)
            .Concat(Linear(Merger("mlp.0"), joined, joined))
            .Concat(Linear(Merger("mlp.2"), config.OutputWidth, joined)))
        {
            yield return spec;
        }
    }

    private static IEnumerable<ParameterSpec> Mlp(int block, VisionConfig config)
    {
        long width = config.Width, middle = config.IntermediateSize;
        return config.Family == VisionFamily.Qwen2
            ? Linear(Block(block, "mlp.fc1"), middle, width).Concat(Linear(Block(block, "mlp.fc2"), width, middle, ParameterStart.ResidualNormal))
            : Linear(Block(block, "mlp.gate_proj"), middle, width)
                .Concat(Linear(Block(block, "mlp.up_proj"), middle, width))
                .Concat(Linear(Block(block, "mlp.down_proj"), width, middle, ParameterStart.ResidualNormal));
    }

    private static IEnumerable<ParameterSpec> Norm(string name, VisionConfig config)
    {
        yield return new(name + ".weight", [config.Width], ParameterStart.Ones);
        if (config.Family == VisionFamily.Qwen2)
        {
            yield return new(name + ".bias", [config.Width], ParameterStart.Zeros);
        }
    }

    private static IEnumerable<ParameterSpec> Linear(string name, long rows, long columns, ParameterStart start = ParameterStart.Normal)
    {
        yield return new(name + ".weight", [rows, columns], start);
        yield return new(name + ".bias", [rows], ParameterStart.Zeros);
    }
}
