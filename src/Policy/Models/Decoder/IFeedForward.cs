using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>What a decoder layer does to each token by itself.</summary>
internal interface IFeedForward
{
    /// <summary>From normed states (..., C) to what is added to the stream (..., C).</summary>
    Tensor Apply(Tensor normed);
}
