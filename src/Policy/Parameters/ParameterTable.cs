using TorchSharp.Modules;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Parameters;

/// <summary>
/// All weights of a model by their names in Hugging Face's checkpoints. Each is a slice of a flat buffer and its
/// gradient the same slice of a flat gradient buffer, so that norm, clip and optimiser are a few operations per model.
/// Backward adds into the slices in place, which holds only while nobody sets a <c>grad</c> to null: zero
/// <see cref="ParameterGroup.Gradients"/> instead. Where each of several ranks holds a part of the weights
/// (<see cref="Parts"/>), there are no flat buffers, and a weight has its values only while it is used.
/// </summary>
public sealed class ParameterTable : IDisposable
{
    private readonly Dictionary<string, Parameter> _parameters = [];

    /// <summary>Allocates weights that are all zero.</summary>
    /// <param name="specs">Names and shapes; those of one kind lie in this order.</param>
    /// <param name="device">Where they live.</param>
    /// <param name="dtype">float32 or bfloat16.</param>
    /// <param name="isHere">
    /// False: nothing is allocated, and there are no values until <see cref="MakeWhole"/>, or parts of them.
    /// </param>
    internal ParameterTable(
        IReadOnlyList<ParameterSpec> specs, Device device, ScalarType dtype, bool isHere = true)
    {
        IsInPlace = isHere;
        Specs = specs;
        Device = device;
        Dtype = dtype;
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Groups = [.. specs.GroupBy(spec => spec.Decays)
            .Select(kind => new ParameterGroup(kind.Key, [.. kind], device, dtype))];
        foreach (var group in Groups)
        {
            foreach (var spec in group.Specs)
            {
                // A tensor of its own instead of a view, so that it can be set to other memory.
                var parameter = new Parameter(empty(0, dtype: dtype, device: device));
                parameter.DetachFromDisposeScope();
                _parameters.Add(spec.Name, parameter);
            }

            Place(group.Specs, isHere ? group.MakeValues() : null);
        }
    }

    /// <summary>Names and shapes in the model's order.</summary>
    public IReadOnlyList<ParameterSpec> Specs { get; }

    /// <summary>Where the weights live.</summary>
    public Device Device { get; }

    /// <summary>Number format of the weights.</summary>
    public ScalarType Dtype { get; }

    /// <summary>The flat buffers, one per decay setting.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Number of elements of all weights together.</summary>
    public long Count => Specs.Sum(spec => spec.Count);

    /// <summary>The weight of a name.</summary>
    /// <exception cref="KeyNotFoundException">The model has no weight of this name.</exception>
    public Parameter this[string name] => _parameters[name];

    /// <summary>The weight of a name; null where the model has none.</summary>
    internal Parameter? Find(string name) => _parameters.GetValueOrDefault(name);

    /// <summary>
    /// Whether whoever computes with the weights brings in those of each layer, so that ranks can hold parts of them.
    /// </summary>
    internal bool ComesByLayer { get; init; }

    /// <summary>How many layers of the decoder, from the first one, passes go through; at most all of them.</summary>
    internal int PassedLayers { get; set; } = int.MaxValue;

    /// <summary>Brings weights in where each rank holds a part of them; null: all are here.</summary>
    internal IWeightParts? Parts { get; private set; }

    /// <summary>
    /// Whether the weights have been where they are from the beginning, so that addresses which were kept still hold.
    /// </summary>
    internal bool IsInPlace { get; private set; }

    /// <summary>Whether all weights are here; else parts of them are, or they have not been read.</summary>
    internal bool IsHere => Groups.All(group => group.IsHere);

    /// <summary>Frees the weights, of which the ranks hold parts from here on.</summary>
    internal void Release(IWeightParts parts)
    {
        (Parts, IsInPlace) = (parts, false);
        foreach (var group in Groups)
        {
            Place(group.Specs, null);
            group.ReleaseValues();
        }
    }

    /// <summary>Allocates all weights anew; what they hold is open.</summary>
    internal void MakeWhole()
    {
        Parts = null;
        foreach (var group in Groups)
        {
            Place(group.Specs, group.MakeValues());
        }
    }

    /// <summary>Sets weights to memory in which they lie one after the other, or to none.</summary>
    internal void Place(IReadOnlyList<ParameterSpec> specs, Tensor? flat)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        // Whoever computes with a weight that is not there gets no numbers.
        var nothing = flat is null ? full(1, Kept(double.NaN), dtype: Dtype, device: Device) : null;
        var offset = 0L;
        foreach (var spec in specs)
        {
            _parameters[spec.Name].set_(
                nothing?.expand(spec.Shape) ?? flat!.narrow(0, offset, spec.Count).view(spec.Shape));
            offset += spec.Count;
        }
    }

    /// <summary>
    /// Has the weights of a layer of the decoder there until what is returned is disposed, and those of the one after
    /// it, or before it, on their way.
    /// </summary>
    internal IDisposable? Use(int layer, bool backwards = false) => Parts?.Use(layer, backwards);

    /// <summary>
    /// The work of passes without gradients, one after the other, while the weights that are of no layer are there;
    /// each rank makes as many as the one that has most.
    /// </summary>
    internal IEnumerable<T> InPasses<T>(IReadOnlyList<T> own)
    {
        var most = Parts?.MostPasses(own.Count) ?? 0;
        foreach (var one in own)
        {
            using var others = Parts?.UseOthers();
            yield return one;
        }

        for (var made = own.Count; made < most; made++)
        {
            Parts!.Accompany();
        }
    }

    /// <summary>The weights in the model's order, each of them there until the next one is asked for.</summary>
    internal IEnumerable<ParameterSpec> InOrder() => Parts?.InOrder() ?? Specs;

    /// <summary>Leaves all weights out of training.</summary>
    internal void Freeze()
    {
        foreach (var parameter in _parameters.Values)
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>
    /// Allocates the gradient buffers of a model that is going to be trained, for the gradients that its weights have;
    /// a second call does nothing.
    /// </summary>
    internal void AllocateGradients()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var group in Groups.Where(group => group.Gradients is null))
        {
            var gradients = group.MakeGradients();
            foreach (var (spec, offset) in group.Slices())
            {
                var slice = gradients.narrow(0, offset, spec.Count).view(spec.Shape);
                if (_parameters[spec.Name].grad is { } made)
                {
                    slice.copy_(made);
                }

                _parameters[spec.Name].grad = slice;
            }
        }
    }

    /// <summary>Frees gradients and their buffers: backward makes the gradient of each weight anew.</summary>
    internal void ReleaseGradients()
    {
        foreach (var parameter in _parameters.Values)
        {
            parameter.grad = null;
        }

        foreach (var group in Groups)
        {
            group.ReleaseGradients();
        }
    }

    /// <summary>Sets all gradients to zero, or frees those that have no buffers.</summary>
    internal void ZeroGradients()
    {
        foreach (var group in Groups)
        {
            group.Gradients?.zero_();
        }

        if (Groups.All(group => group.Gradients is null))
        {
            ReleaseGradients();
        }
    }

    /// <summary>Takes over the values of a table of the same layout, converting number format and device.</summary>
    internal void CopyFrom(ParameterTable source)
    {
        using var mode = no_grad();
        foreach (var (mine, theirs) in Groups.Zip(source.Groups))
        {
            mine.Values.copy_(theirs.Values);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in _parameters.Values)
        {
            parameter.Dispose();
        }

        foreach (var group in Groups)
        {
            group.Dispose();
        }
    }
}
