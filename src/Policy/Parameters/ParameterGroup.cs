using static TorchSharp.torch;

namespace R1Reward.Policy.Parameters;

/// <summary>Weights that share one flat buffer, because weight decay treats them alike.</summary>
public sealed class ParameterGroup : IDisposable
{
    private readonly Device _device;
    private readonly ScalarType _dtype;
    private Tensor? _values;

    internal ParameterGroup(bool decays, IReadOnlyList<ParameterSpec> specs, Device device, ScalarType dtype)
    {
        (Decays, Specs, _device, _dtype) = (decays, specs, device, dtype);
    }

    /// <summary>Whether weight decay applies.</summary>
    public bool Decays { get; }

    /// <summary>The weights in the order in which they lie in the buffer.</summary>
    public IReadOnlyList<ParameterSpec> Specs { get; }

    /// <summary>The values of all weights, one after the other in one dimension.</summary>
    /// <exception cref="InvalidOperationException">
    /// Each rank holds a part of them, or they have not been read.
    /// </exception>
    public Tensor Values => _values ?? throw new InvalidOperationException(
        "the weights are not here: each rank holds a part of them, or they have not been read");

    /// <summary>Whether this rank holds the values of the whole group now, and not its part alone.</summary>
    internal bool IsHere => _values is not null;

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
        _values?.Dispose();
        Gradients?.Dispose();
    }

    internal Tensor MakeValues() => _values ??=
        zeros(Specs.Sum(spec => spec.Count), dtype: _dtype, device: _device).DetachFromDisposeScope();

    internal void ReleaseValues()
    {
        _values?.Dispose();
        _values = null;
    }

    internal Tensor MakeGradients() => Gradients ??= zeros_like(Values).DetachFromDisposeScope();

    internal void ReleaseGradients()
    {
        Gradients?.Dispose();
        Gradients = null;
    }
}
