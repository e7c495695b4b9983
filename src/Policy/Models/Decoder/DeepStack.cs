using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// What inner blocks of a vision tower saw, which is added to the outputs of the first decoder layers where the media
/// stand (DeepStack, Meng et al. 2024).
/// </summary>
/// <param name="PlacesM">Places of the media's tokens in the flattened (B*T).</param>
/// <param name="FeaturesMC">For each of the first layers the features of these tokens.</param>
internal sealed record DeepStack(Tensor PlacesM, IReadOnlyList<Tensor> FeaturesMC)
{
    /// <summary>The output (B, T, C) of a layer with what belongs to it.</summary>
    internal Tensor AddTo(Tensor xBTC, int layer) => layer < FeaturesMC.Count
        ? xBTC.view(-1, xBTC.size(-1)).index_add(0, PlacesM, FeaturesMC[layer], One).view(xBTC.shape)
        : xBTC;
}
