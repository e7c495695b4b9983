using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Layers;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// One linear layer under an adapter: its own low-rank term, or its own copy of weight or bias. The adapter's numbers
/// are float32 whatever the model's are, as in PEFT.
/// </summary>
internal sealed class AdaptedModule(LoraAdapter adapter, Linear module)
{
    /// <summary>The layer of the model that is adapted.</summary>
    internal Linear Module => module;

    /// <summary>Names of A and B in the adapter; null where the layer has no low-rank term.</summary>
    internal (string Down, string Up)? LowRank { get; init; }

    /// <summary>What B (A x) is multiplied by.</summary>
    internal double Scaling { get; init; }

    /// <summary>Name of the layer's weight in the adapter where it is trained whole; else null.</summary>
    internal string? Weight { get; init; }

    /// <summary>Name of the layer's bias in the adapter where it is trained; else null.</summary>
    internal string? Bias { get; init; }

    /// <summary>Position among the adapter's layers, so that each drops out other numbers.</summary>
    internal required int Index { get; init; }

    /// <summary>Maps (..., in) to (..., out), with the adapter.</summary>
    internal Tensor Apply(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = linear(x, Own(Weight, module.Weight), module.Bias is null ? null : Own(Bias, module.Bias));
        if (LowRank is { } pair)
        {
            var inputs = adapter.Dropout.Apply(x.to(ScalarType.Float32), Index);
            var narrow = linear(inputs, adapter.Parameters[pair.Down]);
            y = y.Plus(linear(narrow, adapter.Parameters[pair.Up]).mul(Kept(Scaling))).to(x.dtype);
        }

        return y.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Sets fresh numbers: A uniform within 1/sqrt(in), B zero, copies of the model's own where those are trained.
    /// </summary>
    internal void Begin(ulong seed)
    {
        if (LowRank is { } pair)
        {
            var down = adapter.Parameters[pair.Down];
            var random = new CounterRandom(seed);
            var bound = 1 / Math.Sqrt(down.size(1));
            var values = new float[down.numel()];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(bound * ((2 * random.NextDouble()) - 1));
            }

            down.copy_(tensor(values, dtype: ScalarType.Float32, device: CPU).view(down.shape));
        }

        CopyOwn(Weight, module.Weight);
        CopyOwn(Bias, module.Bias);

        void CopyOwn(string? name, Tensor? given)
        {
            if (name is not null)
            {
                adapter.Parameters[name].copy_(given!);
            }
        }
    }

    /// <summary>
    /// Weight and bias, in float32, that compute the same without the adapter; null where the bias stays.
    /// </summary>
    internal (Tensor Weight, Tensor? Bias) Merged()
    {
        var weight = Own(Weight, module.Weight).to(ScalarType.Float32);
        if (LowRank is { } pair)
        {
            weight = weight.Plus(adapter.Parameters[pair.Up].mm(adapter.Parameters[pair.Down]).mul(Kept(Scaling)));
        }

        return (weight, Bias is null ? null : adapter.Parameters[Bias]);
    }

    private Tensor Own(string? name, Tensor given) => name is null ? given : adapter.Parameters[name].to(given.dtype);
}
