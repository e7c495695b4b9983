using R1Reward.Data;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Models;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// A LoRA adapter on a model whose own weights are frozen. While it is <see cref="IsActive"/> the model's layers compute
/// with it, in training and in generation.
/// </summary>
public sealed class LoraAdapter : IModelAdapter
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

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Save(string directory)
    {
        AdapterFile.Write(Parameters, directory);
        Config.Save(directory);
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void DropAnew(long step, int row) => _dropout = CounterRandom.KeyOf(0, "lora-dropout", step, row);

    /// <inheritdoc/>
    public void DropNothing() => _dropout = null;

    /// <inheritdoc/>
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
