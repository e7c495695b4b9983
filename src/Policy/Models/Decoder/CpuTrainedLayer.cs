using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// One layer of a dense decoder and its gradients, float32 on the CPU: what <see cref="DecoderLayer"/> computes with
/// the tensor library, by kernels of this program but for the attention. A step there makes some thirty passes over
/// memory besides its products; here norm, rotation and gate are one each, and less is kept for the backward pass.
/// Letters in names are axes: B sequences, T tokens, C hidden, H heads, K key-value heads, D head size.
/// </summary>
internal sealed unsafe class CpuTrainedLayer
{
    private const long LargestTensor = int.MaxValue / sizeof(float);

    private readonly ModelConfig _config;
    private readonly int _index;
    private readonly CpuTrainedNorm _inputNorm;
    private readonly CpuTrainedNorm _innerNorm;
    private readonly CpuTrainedNorm? _queryNorm;
    private readonly CpuTrainedNorm? _keyNorm;
    private readonly CpuTrainedLinear _query;
    private readonly CpuTrainedLinear _key;
    private readonly CpuTrainedLinear _value;
    private readonly CpuTrainedLinear _output;
    private readonly CpuTrainedLinear _gate;
    private readonly CpuTrainedLinear _up;
    private readonly CpuTrainedLinear _down;

    internal CpuTrainedLayer(ModelConfig config, LinearLayers layers, int index)
    {
        (_config, _index) = (config, index);
        _inputNorm = Norm("input_layernorm.weight")!;
        _innerNorm = Norm("post_attention_layernorm.weight")!;
        _queryNorm = Norm("self_attn.q_norm.weight");
        _keyNorm = Norm("self_attn.k_norm.weight");
        _query = Linear("self_attn.q_proj");
        _key = Linear("self_attn.k_proj");
        _value = Linear("self_attn.v_proj");
        _output = Linear("self_attn.o_proj");
        _gate = Linear("mlp.gate_proj");
        _up = Linear("mlp.up_proj");
        _down = Linear("mlp.down_proj");

        CpuTrainedNorm? Norm(string name) =>
            layers.Parameters.Find(DecoderLayout.Layer(index, name)) is { } weight
                ? new CpuTrainedNorm(weight, (float)config.RmsNormEpsilon)
                : null;

        CpuTrainedLinear Linear(string name) => new(layers[DecoderLayout.Layer(index, name)]);
    }

    /// <summary>Whether the layers of a model are computed so: dense, in float32, on the CPU.</summary>
    internal static bool Fits(ModelConfig config, ParameterTable parameters) =>
        config.Experts is null
        && parameters.Dtype == ScalarType.Float32
        && parameters.Device.type == DeviceType.CPU
        && parameters.Specs.All(spec => spec.Count < LargestTensor);

    /// <summary>Whether so many tokens are few enough for each tensor of a layer to be addressed as a span.</summary>
    internal static bool Fits(ModelConfig config, long tokens) =>
        tokens * Math.Max(config.IntermediateSize, Math.Max(config.HiddenSize, config.Heads * config.HeadSize))
            < LargestTensor;

    /// <summary>Runs whole sequences and says what their gradients will need.</summary>
    /// <param name="xBTC">The stream before the layer, contiguous.</param>
    /// <param name="pass">What all layers share.</param>
    /// <param name="tape">Receives what the backward pass needs, in the caller's dispose scope; null: nothing.</param>
    /// <returns>The stream (B, T, C) after the layer.</returns>
    internal Tensor Forward(Tensor xBTC, SequencePass pass, Action<LayerTape>? tape) =>
        Run(xBTC, pass, tape, ends: true)!;

    /// <summary>Runs whole sequences once more for what their gradients need; arguments as in the other.</summary>
    internal LayerTape Again(Tensor xBTC, SequencePass pass)
    {
        LayerTape? made = null;
        Run(xBTC, pass, tape => made = tape, ends: false);
        return made!;
    }

    /// <summary>
    /// Adds to the gradients of the weights that are trained and gives the gradient of the stream before the layer.
    /// </summary>
    /// <param name="gradientBTC">The gradient of the stream after the layer, contiguous.</param>
    /// <param name="tape">What the forward pass kept; gate and up hold something else afterwards.</param>
    /// <param name="pass">What all layers share.</param>
    internal Tensor Backward(Tensor gradientBTC, LayerTape tape, SequencePass pass)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var rows = (int)(gradientBTC.numel() / _config.HiddenSize);
        var stream = gradientBTC.clone();
        var normed = empty_like(stream);
        var ofNormed = empty_like(stream);

        BackwardFeedForward(CpuMatrix.Start(gradientBTC), tape, normed, ofNormed, rows);
        _innerNorm.Backward(tape.Middle, ofNormed, stream, add: true);

        var ofAttended = empty_like(tape.Attended);
        _output.BackwardToInput(CpuMatrix.Start(stream), rows, CpuMatrix.Start(ofAttended));
        _output.BackwardToWeights(CpuMatrix.Start(tape.Attended), CpuMatrix.Start(stream), rows);
        autograd.backward([tape.Attended], [ofAttended]);
        var queries = TurnBack(tape.Queries, tape.RawQueries, _queryNorm, pass.Angles);
        var keys = TurnBack(tape.Keys, tape.RawKeys, _keyNorm, pass.Angles);
        var values = tape.Values.grad!.contiguous();

        _inputNorm.Forward(tape.Stream, normed);
        float* x = CpuMatrix.Start(normed), dx = CpuMatrix.Start(ofNormed);
        var add = false;
        foreach (var (layer, gradient) in new[] { (_query, queries), (_key, keys), (_value, values) })
        {
            layer.BackwardToInput(CpuMatrix.Start(gradient), rows, dx, add);
            layer.BackwardToWeights(x, CpuMatrix.Start(gradient), rows);
            add = true;
        }

        _inputNorm.Backward(tape.Stream, ofNormed, stream, add: true);
        return stream.MoveToOuterDisposeScope();
    }

    // With `ends` what comes out; else null.
    private Tensor? Run(Tensor xBTC, SequencePass pass, Action<LayerTape>? tape, bool ends)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (batch, tokens, size) = (xBTC.size(0), xBTC.size(1), _config.HeadSize);
        var rows = (int)(batch * tokens);
        Tensor New(params long[] shape) => empty([batch, tokens, .. shape], ScalarType.Float32, CPU);

        var normed = New(_config.HiddenSize);
        _inputNorm.Forward(xBTC, normed);
        Tensor Heads(CpuTrainedLinear layer, int count)
        {
            var heads = New(count, size);
            layer.Forward(CpuMatrix.Start(normed), rows, CpuMatrix.Start(heads));
            return heads;
        }

        var rawQueries = Heads(_query, _config.Heads);
        var rawKeys = Heads(_key, _config.KeyValueHeads);
        var values = Heads(_value, _config.KeyValueHeads);
        var queries = Turn(rawQueries, _queryNorm, pass.Angles);
        var keys = Turn(rawKeys, _keyNorm, pass.Angles);
        var attended = Attend(queries, keys, values, pass, tape is not null);

        var middle = xBTC.clone();
        _output.Forward(CpuMatrix.Start(attended), rows, CpuMatrix.Start(middle), add: true);
        _innerNorm.Forward(middle, normed);
        Tensor gate = New(_config.IntermediateSize), up = New(_config.IntermediateSize);
        _gate.Forward(CpuMatrix.Start(normed), rows, CpuMatrix.Start(gate));
        _up.Forward(CpuMatrix.Start(normed), rows, CpuMatrix.Start(up));
        var output = ends ? End(middle, gate, up, tape is null ? gate : New(_config.IntermediateSize), rows) : null;
        if (tape is not null)
        {
            var kept = new LayerTape(
                xBTC,
                _queryNorm is null ? null : rawQueries,
                _keyNorm is null ? null : rawKeys,
                queries, keys, values, attended, middle, gate, up);
            foreach (var tensor in kept.Own)
            {
                tensor.MoveToOuterDisposeScope();
            }

            tape(kept);
        }

        return output?.MoveToOuterDisposeScope();
    }

    private Tensor End(Tensor middle, Tensor gate, Tensor up, Tensor gated, int rows)
    {
        float* from = CpuMatrix.Start(gate), with = CpuMatrix.Start(up), to = CpuMatrix.Start(gated);
        var width = _config.IntermediateSize;
        TensorThreads.Share(rows, (first, end) => RowMath.Gate(
            from + ((long)first * width), with + ((long)first * width), to + ((long)first * width),
            (long)(end - first) * width));
        var output = middle.clone();
        _down.Forward(to, rows, CpuMatrix.Start(output), add: true);
        return output;
    }

    private void BackwardFeedForward(float* gradient, LayerTape tape, Tensor normed, Tensor ofNormed, int rows)
    {
        using var gated = empty_like(tape.Gate);
        float* gate = CpuMatrix.Start(tape.Gate), up = CpuMatrix.Start(tape.Up), product = CpuMatrix.Start(gated);
        _down.BackwardToInput(gradient, rows, product);
        var width = _config.IntermediateSize;
        TensorThreads.Share(rows, (first, end) => RowGradients.Gate(
            gate + ((long)first * width), up + ((long)first * width), product + ((long)first * width),
            (long)(end - first) * width));
        _down.BackwardToWeights(product, gradient, rows);
        _innerNorm.Forward(tape.Middle, normed);
        float* x = CpuMatrix.Start(normed), dx = CpuMatrix.Start(ofNormed);
        _gate.BackwardToInput(gate, rows, dx);
        _up.BackwardToInput(up, rows, dx, add: true);
        _gate.BackwardToWeights(x, gate, rows);
        _up.BackwardToWeights(x, up, rows);
    }

    private Tensor Attend(Tensor queries, Tensor keys, Tensor values, SequencePass pass, bool differentiable)
    {
        var mask = _config.WindowOf(_index) is null ? pass.Mask.WholeBTT : pass.Mask.WindowedBTT;
        if (!differentiable)
        {
            return Attention.Apply(queries, keys, values, mask).contiguous();
        }

        using var mode = enable_grad();
        return Attention.Apply(
            queries.requires_grad_(), keys.requires_grad_(), values.requires_grad_(), mask).contiguous();
    }

    // Norms and rotates heads: in their place, unless what they were is needed for the norm's gradient.
    private Tensor Turn(Tensor heads, CpuTrainedNorm? norm, (Tensor Cos, Tensor Sin) angles)
    {
        var turned = norm is null ? heads : empty_like(heads);
        norm?.Forward(heads, turned);
        Rotate(turned, angles, backwards: false);
        return turned;
    }

    private Tensor TurnBack(Tensor turned, Tensor? raw, CpuTrainedNorm? norm, (Tensor Cos, Tensor Sin) angles)
    {
        var gradient = turned.grad!.contiguous();
        Rotate(gradient, angles, backwards: true);
        norm?.Backward(raw!, gradient, gradient, add: false);
        return gradient;
    }

    private void Rotate(Tensor headsBTHD, (Tensor Cos, Tensor Sin) angles, bool backwards)
    {
        int tokens = (int)headsBTHD.size(1), heads = (int)headsBTHD.size(2), size = _config.HeadSize;
        var own = angles.Cos.size(0) == headsBTHD.size(0) ? int.MaxValue : tokens;
        float* start = CpuMatrix.Start(headsBTHD), cos = CpuMatrix.Start(angles.Cos), sin = CpuMatrix.Start(angles.Sin);
        TensorThreads.Share((int)headsBTHD.size(0) * tokens, (from, to) =>
        {
            for (; from < to; from++)
            {
                var place = (long)(from % own) * size;
                for (var head = 0; head < heads; head++)
                {
                    var at = start + ((((long)from * heads) + head) * size);
                    if (backwards)
                    {
                        RowGradients.Rotate(at, cos + place, sin + place, size);
                    }
                    else
                    {
                        RowMath.Rotate(at, cos + place, sin + place, size);
                    }
                }
            }
        });
    }
}
