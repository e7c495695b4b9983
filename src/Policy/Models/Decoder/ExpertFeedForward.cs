using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Routed experts as in Qwen3-MoE: a router chooses a few experts for each token, and their outputs are added up by
/// their shares, a softmax over all experts in float32. Experts run one after the other on their tokens. The loss that
/// balances them in pre-training is not part of it. Letters in names are axes: N tokens, K chosen experts.
/// </summary>
internal sealed class ExpertFeedForward : IFeedForward
{
    private readonly ExpertConfig _config;
    private readonly Linear _router;
    private readonly GatedFeedForward[] _experts;

    /// <param name="config">How many experts.</param>
    /// <param name="layers">The model's linear layers, to which this adds its own.</param>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp</c>.</param>
    internal ExpertFeedForward(ExpertConfig config, LinearLayers layers, string module)
    {
        _config = config;
        _router = layers.Add(module + ".gate");
        _experts = [.. Enumerable.Range(0, config.Count)
            .Select(i => new GatedFeedForward(layers, $"{module}.experts.{i}"))];
    }

    public Tensor Apply(Tensor normed)
    {
        using var scope = NewDisposeScope();
        var tokensNC = normed.reshape(-1, normed.size(-1));
        var (sharesNK, chosenNK) = _router.Apply(tokensNC).softmax(-1, ScalarType.Float32).topk(_config.PerToken);
        if (_config.SharesSumToOne)
        {
            sharesNK = sharesNK / sharesNK.sum(-1, keepdim: true);
        }

        var shares = sharesNK.to(normed.dtype).reshape(-1, 1);
        var sum = zeros_like(tokensNC);
        for (var i = 0; i < _experts.Length; i++)
        {
            // Places in the flattened (N*K): the token is the place over K.
            var places = chosenNK.reshape(-1).eq(Kept(i)).nonzero().squeeze(-1);
            if (places.size(0) > 0)
            {
                var rows = places.div(Kept(_config.PerToken), RoundingMode.floor);
                var output = _experts[i].Apply(tokensNC.index_select(0, rows));
                sum = sum.index_add(0, rows, output * shares.index_select(0, places), One);
            }
        }

        return sum.view(normed.shape).MoveToOuterDisposeScope();
    }
}
