using R1Reward.Data;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using static TorchSharp.torch;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// A LoRA adapter on a model whose own weights are frozen. While it is <see cref="IsActive"/> the model's layers compute
/// with it, in training and in generation.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    private readonly CausalLM _model;
    private readonly List<AdaptedModule> _modules;
    private Dictionary<string, Tensor>? _unmerged;
    private bool _isActive;
    private ulong? _dropout;

    private LoraAdapter(CausalLM model, LoraConfig config)
    {
        (_model, Config) = (model, config);
        var specs = new List<ParameterSpec>();
        _modules = [.. new LoraLayout(model, config, specs).Modules(this)];
        Parameters = new ParameterTable(specs, model.Device, ScalarType.Float32);
        model.Parameters.Freeze();
    }

    /// <summary>Its settings.</summary>
    public LoraConfig Config { get; }

    /// <summary>Its weights by the names that PEFT gives them, in float32; these alone are trained.</summary>
    public ParameterTable Parameters { get; }

    /// <summary>Scaling of each layer with a low-rank term, by the layer's name inside transformers' model.</summary>
    public IReadOnlyDictionary<string, double> Scalings => _modules.Where(module => module.LowRank is not null)
        .ToDictionary(module => TensorNames.InReference(module.Module.Module, _model.Config), module => module.Scaling);

    /// <summary>Whether the model computes with it.</summary>
    public bool IsActive
    {
        get => _isActive;
        set
        {
            _isActive = value;
            foreach (var module in _modules)
            {
                module.Module.Adapted = value ? module.Apply : null;
            }
        }
    }

    /// <summary>Puts a fresh adapter on a model: A random, B zero, so that nothing changes at first.</summary>
    /// <exception cref="UserErrorException">The settings name no layer, or one that cannot be adapted.</exception>
    public static LoraAdapter Create(CausalLM model, LoraConfig config, ulong seed)
    {
        var adapter = new LoraAdapter(model, config);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var module in adapter._modules)
        {
            module.Begin(CounterRandom.KeyOf((long)seed, module.Module.Module));
        }

        return adapter.Activate();
    }

    /// <summary>Puts an adapter folder on a model.</summary>
    /// <exception cref="UserErrorException">The adapter does not fit: all of it in one message.</exception>
    public static LoraAdapter Load(CausalLM model, string directory)
    {
        var adapter = new LoraAdapter(model, LoraConfig.Load(directory));
        try
        {
            AdapterFile.Read(adapter.Parameters, directory);
            return adapter.Activate();
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>Writes a folder that PEFT reads, in float32; made if absent.</summary>
    public void Save(string directory)
    {
        AdapterFile.Write(Parameters, directory);
        Config.Save(directory);
    }

    /// <summary>Adds what the adapter does to the weights of a model of the same layout, which then computes the same without it.</summary>
    public void MergeInto(CausalLM target)
    {
        using var mode = no_grad();
        foreach (var module in _modules)
        {
            using var scope = NewDisposeScope();
            if (module.Module.WeightName != module.Module.Module + ".weight")
            {
                throw new UserErrorException($"the adapter changes {module.Module.Module}, which this model ties to its embedding: it cannot be merged");
            }

            var (weight, bias) = module.Merged();
            target.Parameters[module.Module.WeightName].copy_(weight);
            if (bias is not null)
            {
                target.Parameters[module.Module.BiasName].copy_(bias);
            }
        }
    }

    /// <summary>Merges it into its own model and turns it off. The weights it changes are kept as they were.</summary>
    public void Merge()
    {
        using var mode = no_grad();
        _unmerged = _modules.SelectMany(module => new[] { module.Module.WeightName, module.Module.BiasName })
            .Where(name => _model.Parameters.Find(name) is not null)
            .ToDictionary(name => name, name => _model.Parameters[name].clone().DetachFromDisposeScope());
        MergeInto(_model);
        IsActive = false;
    }

    /// <summary>Merges it into its own model, which has no adapter from then on.</summary>
    public void MergeForGood()
    {
        IsActive = false;
        MergeInto(_model);
        Dispose();
    }

    /// <summary>Undoes <see cref="Merge"/>: the weights are what they were, bit for bit, and the adapter computes again.</summary>
    public void Unmerge()
    {
        using var mode = no_grad();
        foreach (var (name, values) in _unmerged ?? throw new InvalidOperationException("the adapter is not merged"))
        {
            _model.Parameters[name].copy_(values);
        }

        Forget();
        IsActive = true;
    }

    /// <summary>
    /// Begins a training pass that leaves out a share of the inputs (<see cref="LoraConfig.Dropout"/>). Which ones follows
    /// from the numbers, so that a pass that is computed again for its gradients leaves out the same.
    /// </summary>
    /// <param name="step">The optimiser's step.</param>
    /// <param name="row">A row of the pass that is in no other pass of the step.</param>
    public void DropAnew(long step, int row) => _dropout = CounterRandom.KeyOf(0, "lora-dropout", step, row);

    /// <summary>Ends a training pass: nothing is left out any more.</summary>
    public void DropNothing() => _dropout = null;

    /// <summary>Takes the adapter off its model, whose weights stay frozen.</summary>
    public void Dispose()
    {
        IsActive = false;
        Forget();
        _model.Adapter = null;
        Parameters.Dispose();
    }

    internal Tensor Drop(Tensor x, int module)
    {
        if (_dropout is not { } key || Config.Dropout <= 0)
        {
            return x;
        }

        using var scope = NewDisposeScope();
        using var generator = new Generator(CounterRandom.At(key, (ulong)module, 0) >> 1, CPU);
        var kept = rand(x.shape, dtype: ScalarType.Float32, device: CPU, generator: generator).ge(Config.Dropout);
        return x.mul(kept.to(x.device)).div(1 - Config.Dropout).MoveToOuterDisposeScope();
    }

    private LoraAdapter Activate()
    {
        IsActive = true;
        _model.Adapter = this;
        return this;
    }

    private void Forget()
    {
        if (_unmerged is null)
        {
            return;
        }

        foreach (var values in _unmerged.Values)
        {
            values.Dispose();
        }

        _unmerged = null;
    }
}
