using R1Reward.Policy.Parameters;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Heads;

/// <summary>
/// One learned query attends to the states of a sequence (LightRFT): the query (C) is split into parts, each with keys
/// W_k h and values W_v h of its own; the weighted values are put side by side, without an output layer. Differences
/// from the published code: padding is left out (decision D13), so that a score does not depend on the batch, and no
/// key or value of a token is computed: q (W_k h) = (q W_k) h, and the weighted sum of W_v h is W_v of that of h.
/// </summary>
public static class AttentionPooling
{
    /// <summary>Pools the states of each row.</summary>
    /// <param name="hiddenBTC">The states.</param>
    /// <param name="pooledBT">Which of them count, at least one of each row; null: all, as published.</param>
    /// <param name="parameters">Weights by name.</param>
    /// <param name="prefix">Name of the module, for example <c>preference_attnpool</c>.</param>
    /// <param name="parts">Number of parts of the query; divides C.</param>
    /// <param name="positionBias">
    /// What the last place would get more than the first, growing evenly; 0 in all published models.
    /// </param>
    /// <returns>One state (B, C) per row.</returns>
    public static Tensor Apply(
        Tensor hiddenBTC,
        Tensor? pooledBT,
        ParameterTable parameters,
        string prefix,
        int parts,
        double positionBias = 0)
    {
        using var scope = NewDisposeScope();
        var (rows, tokens, width) = (hiddenBTC.size(0), hiddenBTC.size(1), hiddenBTC.size(2));
        var size = width / parts;
        Tensor Parts(string name) => parameters[$"{prefix}.{name}"].view(parts, size, -1);

        // A bias of the keys adds the same to all tokens of a part, which no weight depends on.
        var query = (Parts("query") * Parts("k.weight")).sum(1) / Kept(Math.Sqrt(size));
        var logits = linear(hiddenBTC, query);
        if (positionBias != 0)
        {
            var places = Range(tokens, ScalarType.Float32, hiddenBTC.device);
            logits = logits.Plus((places * Kept(positionBias / tokens)).view(1, tokens, 1));
        }

        if (pooledBT is not null)
        {
            logits = logits.masked_fill(pooledBT.logical_not().unsqueeze(-1), Kept(double.NegativeInfinity));
        }

        var statesBPC = logits.softmax(1).transpose(1, 2).bmm(hiddenBTC);
        var valuesPBS = statesBPC.transpose(0, 1).bmm(Parts("v.weight").transpose(1, 2));
        var pooled = valuesPBS.transpose(0, 1).reshape(rows, width);
        return (parameters.Find(prefix + ".v.bias") is { } bias ? pooled.Plus(bias) : pooled)
            .MoveToOuterDisposeScope();
    }

    /// <summary>The weights of a module over states of a width.</summary>
    internal static IEnumerable<ParameterSpec> Specs(string prefix, int width)
    {
        yield return new(prefix + ".query", [width], ParameterStart.Normal);
        yield return new(prefix + ".k.weight", [width, width], ParameterStart.Normal);
        yield return new(prefix + ".v.weight", [width, width], ParameterStart.Normal);
    }
}
