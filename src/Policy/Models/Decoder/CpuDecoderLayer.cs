using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// One layer of a decoder for some tokens, float32 on the CPU: what <see cref="DecoderLayer"/> computes, without a
/// tensor. Letters in names are axes: T tokens, C hidden, H heads, K key-value heads, D head size.
/// </summary>
internal sealed unsafe class CpuDecoderLayer
{
    private readonly ModelConfig _config;
    private readonly float* _inputNorm;
    private readonly float* _innerNorm;
    private readonly float* _queryNorm;
    private readonly float* _keyNorm;
    private readonly CpuMatrix _query;
    private readonly CpuMatrix _key;
    private readonly CpuMatrix _value;
    private readonly CpuMatrix _output;
    private readonly CpuMatrix _gate;
    private readonly CpuMatrix _up;
    private readonly CpuMatrix _down;

    internal CpuDecoderLayer(ModelConfig config, LinearLayers layers, int index)
    {
        _config = config;
        _inputNorm = Vector("input_layernorm.weight");
        _innerNorm = Vector("post_attention_layernorm.weight");
        _queryNorm = Vector("self_attn.q_norm.weight");
        _keyNorm = Vector("self_attn.k_norm.weight");
        _query = Matrix("self_attn.q_proj");
        _key = Matrix("self_attn.k_proj");
        _value = Matrix("self_attn.v_proj");
        _output = Matrix("self_attn.o_proj");
        _gate = Matrix("mlp.gate_proj");
        _up = Matrix("mlp.up_proj");
        _down = Matrix("mlp.down_proj");

        float* Vector(string name) =>
            layers.Parameters.Find(DecoderLayout.Layer(index, name)) is { } weight ? CpuMatrix.Start(weight) : null;

        CpuMatrix Matrix(string name) => layers[DecoderLayout.Layer(index, name)].OnCpu();
    }

    /// <summary>Numbers of memory that a layer needs for some tokens; the scores of the attention follow.</summary>
    internal static int Scratch(ModelConfig config, int tokens) => RowPanels.Padded(tokens)
        * ((2 * Widest(config)) + (2 * Queries(config)) + (2 * Math.Max(Keys(config), config.IntermediateSize)));

    /// <summary>Computes queries, keys and values of tokens; keys and values go to the cache.</summary>
    /// <param name="streamTC">The stream of all tokens of the pass.</param>
    /// <param name="share">Which of them.</param>
    /// <param name="tokens">Where they stand.</param>
    /// <param name="attention">This layer's part of the cache.</param>
    /// <param name="angles">Cosines and sines.</param>
    /// <param name="scratch">Room, in which the queries stay.</param>
    internal void Project(
        float* streamTC, Range share, CpuTokens tokens, CpuAttention attention, CpuAngles angles, float* scratch)
    {
        var (first, count) = (share.Start.Value, share.End.Value - share.Start.Value);
        int wide = Queries(_config), narrow = Keys(_config), size = _config.HeadSize;
        var room = (long)RowPanels.Padded(count);
        var queries = scratch;
        var keys = queries + (room * wide);
        var values = keys + (room * narrow);
        var normed = values + (room * narrow);
        var panels = Normed(streamTC + ((long)first * _config.HiddenSize), _inputNorm, count, normed);
        RowProduct.Multiply(panels, _query, queries);
        RowProduct.Multiply(panels, _key, keys);
        RowProduct.Multiply(panels, _value, values);
        for (var i = 0; i < count; i++)
        {
            var position = tokens.Position(first + i);
            float* cos = angles.Cos(position), sin = angles.Sin(position);
            var ownKeys = keys + ((long)i * narrow);
            Turn(queries + ((long)i * wide), _config.Heads, _queryNorm, cos, sin, size);
            Turn(ownKeys, _config.KeyValueHeads, _keyNorm, cos, sin, size);
            attention.Store(tokens.Row(first + i), tokens.Place(first + i), ownKeys, values + ((long)i * narrow));
        }
    }

    /// <summary>
    /// Attends and adds what the layer gives to the stream; arguments as in <see cref="Project"/>, which has run for
    /// these tokens and those that they see.
    /// </summary>
    internal void Finish(float* streamTC, Range share, CpuTokens tokens, CpuAttention attention, float* scratch)
    {
        var (first, count) = (share.Start.Value, share.End.Value - share.Start.Value);
        var (wide, inner) = (Queries(_config), _config.IntermediateSize);
        var stream = streamTC + ((long)first * _config.HiddenSize);
        var room = (long)RowPanels.Padded(count);
        var queries = scratch;
        var attended = queries + (room * wide);
        var normed = attended + (room * wide);
        var gate = new RowPanels(normed + (2 * room * Widest(_config)), count, inner);
        var up = new RowPanels(gate.At(0) + (room * inner), count, inner);
        var scores = scratch + Scratch(_config, count);
        for (var i = 0; i < count; i++)
        {
            var own = (long)i * wide;
            attention.Attend(
                tokens.Row(first + i), tokens.Place(first + i), queries + own, attended + own, scores);
        }

        RowProduct.Multiply(new RowPanels(normed, count, wide).Packed(attended), _output, stream, add: true);
        var panels = Normed(stream, _innerNorm, count, normed);
        RowProduct.Multiply(panels, _gate, gate);
        RowProduct.Multiply(panels, _up, up);
        RowMath.Gate(gate.At(0), up.At(0), gate.At(0), room * inner);
        RowProduct.Multiply(gate, _down, stream, add: true);
    }

    private static int Queries(ModelConfig config) => config.Heads * config.HeadSize;

    private static int Keys(ModelConfig config) => config.KeyValueHeads * config.HeadSize;

    private static int Widest(ModelConfig config) => Math.Max(config.HiddenSize, Queries(config));

    // Rows for a product, which come first in the room: they lie where vectors are read best.
    private RowPanels Normed(float* x, float* weight, int rows, float* room)
    {
        var size = _config.HiddenSize;
        var normed = room + (RowPanels.Padded(rows) * (long)size);
        for (var row = 0L; row < rows; row++)
        {
            RowMath.Norm(x + (row * size), weight, (float)_config.RmsNormEpsilon, normed + (row * size), size);
        }

        return new RowPanels(room, rows, size).Packed(normed);
    }

    private void Turn(float* heads, int count, float* norm, float* cos, float* sin, int size)
    {
        for (var head = heads; head < heads + (count * size); head += size)
        {
            if (norm is not null)
            {
                RowMath.Norm(head, norm, (float)_config.RmsNormEpsilon, head, size);
            }

            RowMath.Rotate(head, cos, sin, size);
        }
    }
}
