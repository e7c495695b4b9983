using static TorchSharp.torch;

namespace R1Reward.Policy.Parameters;

/// <summary>Weights that share one flat buffer, because weight decay treats them alike.</summary>
public sealed class ParameterGroup : IDisposable
{
    internal ParameterGroup(bool decays, IReadOnlyList<ParameterSpec> specs, Device device, ScalarType dtype)
    {
        Decays = decays;
        Specs = specs;
        Values = zeros(specs.Sum(spec => spec.Count), dtype: dtype, device: device).DetachFromDisposeScope();
    }

    /// <summary>Whether weight decay applies.</summary>
    public bool Decays { get; }

    /// <summary>The weights in the order in which they lie in the buffer.</summary>
    public IReadOnlyList<ParameterSpec> Specs { get; }

    /// <summary>The values of all weights, one after the other in one dimension.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients in the same order; null until <see cref="ParameterTable.AllocateGradients"/>.</summary>
    internal Tensor? Gradients { get; private set; }

    /// <summary>The weights with their offsets in the buffers.</summary>
    internal IEnumerable<(ParameterSpec Spec, long Offset)> Slices()
    {
        var offset = 0L;
        foreach (var spec in Specs)
        {
            yield return (spec, offset);
            offset += spec.Count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Values.Dispose();
        Gradients?.Dispose();
    }

    internal Tensor MakeGradients() => Gradients ??= zeros_like(Values).DetachFromDisposeScope();

    internal void ReleaseGradients()
    {
        Gradients?.Dispose();
        Gradients = null;
    }
}
