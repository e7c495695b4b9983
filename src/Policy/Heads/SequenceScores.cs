using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using static TorchSharp.torch;

namespace R1Reward.Policy.Heads;

/// <summary>
/// What a scalar reward model thinks of whole texts: its score at the last token. Hugging Face's classes read it at the
/// last token that is not the padding token, even where the text itself ends with one.
/// </summary>
public static class SequenceScores
{
    /// <summary>Scores (B) of rows, differentiable.</summary>
    /// <param name="model">A model with <see cref="ModelConfig.LabelCount"/> 1.</param>
    /// <param name="idsBT">Ids padded on the right.</param>
    /// <param name="lengths">Real tokens per row.</param>
    /// <param name="padToken">
    /// The checkpoint's <c>pad_token_id</c>: the score is read at the last other token; null: at the last token,
    /// whatever it is.
    /// </param>
    public static Tensor Compute(
        CausalLM model, Tensor idsBT, IReadOnlyList<int> lengths, long? padToken = null)
    {
        if (model.Config.LabelCount != 1)
        {
            throw new InvalidOperationException(
                $"the model gives {model.Config.LabelCount} scores per position, not one");
        }

        using var scope = NewDisposeScope();
        var width = idsBT.size(1);
        var ids = idsBT.cpu().reshape(-1).data<long>().ToArray();
        var places = lengths.Select((length, row) =>
        {
            var end = (row * width) + length - 1;
            while (padToken is not null && end > row * width && ids[end] == padToken)
            {
                end--;
            }

            return end;
        });
        var at = tensor(places.ToArray(), dtype: ScalarType.Int64, device: model.Device);
        return model.Logits(model.HiddenAt(idsBT, at)).squeeze(-1).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
