using R1Reward.Data;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// A LoRA adapter on a model whose own weights are frozen. Until it is disposed of, the model's layers compute with it,
/// in training and in generation.
/// </summary>
public sealed class LoraAdapter : IModelAdapter
{
    private readonly CausalLM _model;
    private readonly IReadOnlyList<AdaptedModule> _modules;

    /// <summary>Lays an adapter out, not yet on the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">The settings.</param>
    /// <param name="check">Sees the weights before they are allocated: a foreign file may ask for any size.</param>
    private LoraAdapter(CausalLM model, LoraConfig config, Action<IReadOnlyList<ParameterSpec>>? check = null)
    {
        var specs = new List<ParameterSpec>();
        _model = model;
        _modules = new LoraLayout(model, config, specs).Modules(this);
        check?.Invoke(specs);
        Config = config;
        Dropout = new LoraDropout(config.Dropout);
        Parameters = new ParameterTable(specs, model.Device, ScalarType.Float32);
        model.Parameters.Freeze();
    }

    /// <summary>The settings that the adapter was made or read with.</summary>
    public LoraConfig Config { get; }

    /// <summary>The adapter's weights by the names that PEFT gives them, in float32; these alone are trained.</summary>
    public ParameterTable Parameters { get; }

    /// <summary>What training passes leave out.</summary>
    internal LoraDropout Dropout { get; }

    /// <summary>Scaling of each layer with a low-rank term, by the layer's name inside transformers' model.</summary>
    internal IReadOnlyDictionary<string, double> Scalings => _modules
        .Where(module => module.LowRank is not null)
        .ToDictionary(
            module => TensorNames.InReference(module.Module.Module, _model.Config),
            module => module.Scaling);

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

    /// <summary>Checks that the adapter of a folder fits a model, from the headers of its weights alone.</summary>
    /// <exception cref="UserErrorException">It does not fit: all of it in one message.</exception>
    public static void Check(ModelConfig config, string directory)
    {
        using var model = new CausalLM(config, META, ScalarType.Float32);
        var settings = LoraConfig.Load(directory);
        new LoraAdapter(model, settings, specs => AdapterFile.OpenChecked(specs, directory)).Dispose();
    }

    /// <summary>Puts the adapter of a folder on a model.</summary>
    /// <exception cref="UserErrorException">The adapter does not fit: all of it in one message.</exception>
    public static LoraAdapter Load(CausalLM model, string directory)
    {
        SafetensorsFile? file = null;
        var adapter = new LoraAdapter(
            model,
            LoraConfig.Load(directory),
            specs => file = AdapterFile.OpenChecked(specs, directory));
        try
        {
            AdapterFile.Read(adapter.Parameters, file!);
            return adapter.Activate();
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>Writes a folder that PEFT reads, in float32; it is made if missing.</summary>
    public void Save(string directory)
    {
        AdapterFile.Write(Parameters, directory);
        Config.Save(directory);
    }

    /// <inheritdoc/>
    /// <exception cref="UserErrorException">
    /// The adapter changes an output layer that is tied to the embedding.
    /// </exception>
    public void MergeInto(CausalLM target)
    {
        using var mode = no_grad();
        foreach (var adapted in _modules)
        {
            using var scope = NewDisposeScope();
            var module = adapted.Module;
            if (module.WeightName != module.Module + ".weight")
            {
                throw new UserErrorException(
                    $"the adapter changes {module.Module}, which this model ties to its embedding: "
                    + "it cannot be merged");
            }

            var (weight, bias) = adapted.Merged();
            target.Parameters[module.WeightName].copy_(weight);
            if (bias is not null)
            {
                target.Parameters[module.BiasName].copy_(bias);
            }
        }
    }

    /// <summary>Merges the adapter into its own model, which has no adapter from then on.</summary>
    /// <exception cref="UserErrorException">
    /// The adapter changes an output layer that is tied to the embedding.
    /// </exception>
    public void MergeForGood()
    {
        MergeInto(_model);
        Dispose();
    }

    /// <inheritdoc/>
    public void BeginDropout(long step, IReadOnlyList<int> rows) => Dropout.Begin(step, rows);

    /// <inheritdoc/>
    public void EndDropout() => Dropout.End();

    /// <summary>Takes the adapter off its model, whose weights stay frozen.</summary>
    public void Dispose()
    {
        foreach (var module in _modules)
        {
            module.Module.Adapted = null;
        }

        _model.Adapter = null;
        Parameters.Dispose();
    }

    private LoraAdapter Activate()
    {
        foreach (var module in _modules)
        {
            module.Module.Adapted = module.Apply;
        }

        _model.Adapter = this;
        return this;
    }
}
