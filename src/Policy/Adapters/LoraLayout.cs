using Newtonsoft.Json;
using R1Reward.Data;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Adapters;

/// <summary>Which layers of a model an adapter changes, and the names and shapes of its weights.</summary>
/// <param name="model">The model.</param>
/// <param name="config">The adapter's settings.</param>
/// <param name="specs">Receives the weights.</param>
internal sealed class LoraLayout(CausalLM model, LoraConfig config, List<ParameterSpec> specs)
{
    /// <summary>What PEFT puts before the name of every weight.</summary>
    internal const string Prefix = "base_model.model.";

    /// <summary>The changed layers, in the model's order.</summary>
    /// <exception cref="UserErrorException">
    /// There is none, the embedding is among them, or a layer to save is no linear layer.
    /// </exception>
    internal IReadOnlyList<AdaptedModule> Modules(LoraAdapter adapter)
    {
        RefuseEmbedding();
        var all = model.Layers.All;
        var changed = all.Select((module, index) => Adapt(adapter, module, index)).OfType<AdaptedModule>().ToList();
        if (!changed.Any(module => module.LowRank is not null))
        {
            var targets = config.Targets.ToJson().ToString(Formatting.None);
            var ends = string.Join(", ", all.Select(module => module.Module.Split('.')[^1]).Distinct());
            throw new UserErrorException(
                $"target modules {targets} name no linear layer of this model; its layers end in {ends}");
        }

        var whole = changed
            .Where(module => module.Weight is not null)
            .Select(module => Spellings(module.Module))
            .ToList();
        var unknown = config.ModulesToSave
            .Where(name => !whole.Any(names => new ModuleSelection([name]).Includes(names)))
            .ToList();
        return unknown.Count == 0
            ? changed
            : throw new UserErrorException(
                $"modules to save {string.Join(", ", unknown)}: not a linear layer of this model; "
                + "only such can be trained whole");
    }

    private string[] Spellings(Linear module) => Spellings(module.Module);

    private string[] Spellings(string module) => [TensorNames.InReference(module, model.Config), module];

    // PEFT adapts it in a way of its own: passed over, the adapter would be another one.
    private void RefuseEmbedding()
    {
        const string embedding = "model.embed_tokens";
        var names = Spellings(embedding);
        if (config.Targets.Includes(names) && config.Excluded?.Includes(names) != true)
        {
            throw new UserErrorException(
                $"target modules {config.Targets.ToJson().ToString(Formatting.None)} name the embedding "
                + $"{embedding}, whose adapters are not computed; merge the adapter with PEFT and name the merged "
                + "model, or train it without");
        }
    }

    private AdaptedModule? Adapt(LoraAdapter adapter, Linear module, int index)
    {
        var names = Spellings(module);
        var name = Prefix + names[0];
        if (new ModuleSelection(config.ModulesToSave).Includes(names))
        {
            return new(adapter, module)
            {
                Index = index,
                Weight = Add(name + ".weight", module.Weight.shape),
                Bias = module.Bias is null ? null : Add(name + ".bias", module.Bias.shape),
            };
        }

        var isTarget = IsTarget(module, names);
        var trainsBias = module.Bias is not null
            && (config.Bias == LoraBias.All || (config.Bias == LoraBias.LoraOnly && isTarget));
        if (!isTarget)
        {
            return trainsBias
                ? new(adapter, module) { Index = index, Bias = Add(name + ".bias", module.Bias!.shape) }
                : null;
        }

        var rank = ModuleSelection.ByPattern(config.RankPattern, config.Rank, names);
        var alpha = ModuleSelection.ByPattern(config.AlphaPattern, config.Alpha, names);
        var down = Add(name + ".lora_A.weight", rank, module.Weight.size(1));
        var up = Add(name + ".lora_B.weight", module.Weight.size(0), rank);
        return new(adapter, module)
        {
            Index = index,
            LowRank = (down, up),
            Scaling = config.Scaling(rank, alpha),
            Bias = trainsBias ? Add(name + ".base_layer.bias", module.Bias!.shape) : null,
        };
    }

    private bool IsTarget(Linear module, string[] names)
    {
        var isNamed = config.Targets.IsAllLinear
            ? module.Module is not (ModelLayout.HeadModule or ModelLayout.ScoreModule)
            : config.Targets.Includes(names);
        return isNamed && config.Excluded?.Includes(names) != true;
    }

    private string Add(string name, params long[] shape)
    {
        specs.Add(new(name, shape, ParameterStart.Zeros));
        return name;
    }
}
