using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Models.Vision;

/// <summary>Joins each group of neighbouring patches to one token of the decoder's width.</summary>
internal sealed class VisionMerger
{
    private readonly VisionNorm _norm;
    private readonly Linear _in;
    private readonly Linear _out;
    private readonly long _joined;
    private readonly bool _normsJoined;

    /// <param name="config">The tower.</param>
    /// <param name="layers">The model's linear layers, to which this adds two.</param>
    /// <param name="module">Name of the module, for example <c>visual.merger</c>.</param>
    /// <param name="normsJoined">Whether the norm runs over a whole group; else over each patch.</param>
    internal VisionMerger(VisionConfig config, LinearLayers layers, string module, bool normsJoined)
    {
        var names = config.Family.Names;
        _norm = new VisionNorm(config.Family, layers.Parameters, $"{module}.{names.MergerNorm}");
        _in = layers.Add($"{module}.{names.MergerIn}");
        _out = layers.Add($"{module}.{names.MergerOut}");
        _joined = config.JoinedWidth;
        _normsJoined = normsJoined;
    }

    /// <summary>From patches (P, C) to tokens (M, decoder width), in the same order.</summary>
    internal Tensor Apply(Tensor xPC)
    {
        using var scope = NewDisposeScope();
        var joined = _normsJoined
            ? _norm.Apply(xPC.view(-1, _joined))
            : _norm.Apply(xPC).view(-1, _joined);
        return _out.Apply(gelu(_in.Apply(joined))).MoveToOuterDisposeScope();
    }
}
