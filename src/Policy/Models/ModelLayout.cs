using R1Reward.Policy.Models.Audio;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models;

/// <summary>
/// All weights of a model under the names of Hugging Face's checkpoints: the towers if there are any, the
/// decoder's trunk, the output layer.
/// </summary>
internal static class ModelLayout
{
    /// <summary>The module that gives logits; without a weight of its own where it is tied to the embedding.</summary>
    internal const string HeadModule = "lm_head";

    /// <summary>The module that a scalar reward model has in place of <see cref="HeadModule"/>.</summary>
    internal const string ScoreModule = "score";

    /// <summary>The weight of <see cref="HeadModule"/>.</summary>
    internal const string Head = HeadModule + ".weight";

    /// <summary>The weights, in the order in which fresh ones are drawn.</summary>
    internal static IReadOnlyList<ParameterSpec> Specs(ModelConfig config)
    {
        var eyes = config.Vision is { } vision ? VisionLayout.Specs(vision) : [];
        var ears = config.Audio is { } audio ? AudioLayout.Specs(audio) : [];
        return [.. eyes, .. ears, .. DecoderLayout.Specs(config), .. Output(config)];
    }

    private static IEnumerable<ParameterSpec> Output(ModelConfig config)
    {
        if (config.LabelCount > 0)
        {
            yield return new(ScoreModule + ".weight", [config.LabelCount, config.HiddenSize], ParameterStart.Normal);
        }
        else if (config.HasOutput && !config.TieWordEmbeddings)
        {
            yield return new(Head, [config.VocabularySize, config.HiddenSize], ParameterStart.Normal);
        }
    }
}
