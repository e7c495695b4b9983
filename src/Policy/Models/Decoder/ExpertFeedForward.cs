using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Routed experts: each token goes to the few that a router finds best, and what they give is added up by their shares,
/// a softmax over all experts in float32. Experts run one after the other on their tokens; the loss that balances them
/// in pre-training is not part of it.
/// </summary>
internal sealed class ExpertFeedForward : IFeedForward
{
    private readonly ExpertConfig _config;
    private readonly Linear _router;
    private readonly GatedFeedForward[] _experts;

    /// <param name="config">How many experts.</param>
    /// <param name="parameters">The model's weights.</param>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp</c>.</param>
    internal ExpertFeedForward(ExpertConfig config, ParameterTable parameters, string module)
    {
        _config = config;
        _router = new Linear(parameters, module + ".gate");
        _experts = [.. Enumerable.Range(0, config.Count).Select(i => new GatedFeedForward(parameters, $"{module}.experts.{i}"))];
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
            var places = chosenNK.reshape(-1).eq(i).nonzero().squeeze(-1);
            if (places.size(0) > 0)
            {
                var rows = places.div(_config.PerToken, RoundingMode.floor);
                sum = sum.index_add(0, rows, _experts[i].Apply(tokensNC.index_select(0, rows)) * shares.index_select(0, places), 1);
            }
        }

        return sum.view(normed.shape).MoveToOuterDisposeScope();
    }
}
