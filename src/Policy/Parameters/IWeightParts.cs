using static TorchSharp.torch;

namespace R1Reward.Policy.Parameters;

/// <summary>
/// The weights of a model of which each of several ranks holds a part. All ranks bring the same weights in together, in
/// the same order, and each drops them by itself.
/// </summary>
internal interface IWeightParts
{
    /// <summary>Brings in the weights of a layer of the decoder, until what is returned is disposed.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="backwards">
    /// Whether the one before it is used next, instead of the one after it; that one may be brought in meanwhile.
    /// </param>
    IDisposable Use(int layer, bool backwards = false);

    /// <summary>Brings in all weights that are of no layer of the decoder, as the other does.</summary>
    IDisposable UseOthers();

    /// <summary>The most passes that any rank makes, where this one makes so many.</summary>
    int MostPasses(int own);

    /// <summary>Brings in and drops what a pass without gradients uses, beside ranks that make one.</summary>
    void Accompany();

    /// <summary>
    /// What this rank holds: of each weight some elements, in one dimension, the first of them by its number.
    /// </summary>
    IEnumerable<(ParameterSpec Spec, long Start, Tensor Values)> Held();

    /// <summary>The weights in their order, each of them there until the next one is asked for.</summary>
    IEnumerable<ParameterSpec> InOrder();
}
