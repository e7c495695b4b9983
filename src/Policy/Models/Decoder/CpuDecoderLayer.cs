using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// One layer of a decoder for one new token of some rows, float32 on the CPU: what <see cref="DecoderLayer"/> computes,
/// without a tensor. Letters in names are axes: R rows, C hidden, H heads, K key-value heads, D head size.
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

    /// <summary>Numbers of memory that <see cref="Run"/> needs for each row.</summary>
    internal static int ScratchPerRow(ModelConfig config) =>
        config.HiddenSize + (2 * Queries(config)) + (2 * Keys(config)) + (2 * config.IntermediateSize);

    /// <summary>Adds what the layer gives to the residual stream.</summary>
    /// <param name="streamRC">The stream of the rows, changed in its place.</param>
    /// <param name="rows">The rows of the cache, consecutive.</param>
    /// <param name="attention">This layer's part of the cache.</param>
    /// <param name="angles">Cosines and sines of each row of the cache.</param>
    /// <param name="scratch">
    /// Room for <see cref="ScratchPerRow"/> numbers a row and the scores of the attention after them.
    /// </param>
    internal void Run(float* streamRC, Range rows, CpuAttention attention, CpuAngles angles, float* scratch)
    {
        var (first, count) = (rows.Start.Value, rows.End.Value - rows.Start.Value);
        int hidden = _config.HiddenSize, size = _config.HeadSize;
        int wide = Queries(_config), narrow = Keys(_config);
        var normed = scratch;
        var queries = normed + ((long)count * hidden);
        var attended = queries + ((long)count * wide);
        var keys = attended + ((long)count * wide);
        var values = keys + ((long)count * narrow);
        var gate = values + ((long)count * narrow);
        var up = gate + ((long)count * _config.IntermediateSize);
        var scores = up + ((long)count * _config.IntermediateSize);

        Norm(streamRC, _inputNorm, normed, count);
        RowProduct.Multiply(normed, count, _query, queries);
        RowProduct.Multiply(normed, count, _key, keys);
        RowProduct.Multiply(normed, count, _value, values);
        for (var row = 0; row < count; row++)
        {
            float* cos = angles.Cos(first + row), sin = angles.Sin(first + row);
            Turn(queries + ((long)row * wide), _config.Heads, _queryNorm, cos, sin, size);
            Turn(keys + ((long)row * narrow), _config.KeyValueHeads, _keyNorm, cos, sin, size);
            attention.Attend(
                first + row,
                queries + ((long)row * wide),
                keys + ((long)row * narrow),
                values + ((long)row * narrow),
                attended + ((long)row * wide),
                scores);
        }

        RowProduct.Multiply(attended, count, _output, streamRC, add: true);
        Norm(streamRC, _innerNorm, normed, count);
        RowProduct.Multiply(normed, count, _gate, gate);
        RowProduct.Multiply(normed, count, _up, up);
        RowMath.Gate(gate, up, (long)count * _config.IntermediateSize);
        RowProduct.Multiply(gate, count, _down, streamRC, add: true);
    }

    private static int Queries(ModelConfig config) => config.Heads * config.HeadSize;

    private static int Keys(ModelConfig config) => config.KeyValueHeads * config.HeadSize;

    private void Norm(float* x, float* weight, float* y, int rows)
    {
        var size = _config.HiddenSize;
        for (var row = 0L; row < rows; row++)
        {
            RowMath.Norm(x + (row * size), weight, (float)_config.RmsNormEpsilon, y + (row * size), size);
        }
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
