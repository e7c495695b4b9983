using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>The part of a decoder layer that treats each token by itself.</summary>
internal interface IFeedForward
{
    /// <summary>Maps normed states (..., C) to what is added to the residual stream (..., C).</summary>
    Tensor Apply(Tensor normed);
}
