using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// A folder with a model to generate with: a whole one, or an adapter, which names the model that it belongs to.
/// </summary>
public static class PolicyFolder
{
    /// <summary>Reads the model; an adapter is merged into it.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format to compute in.</param>
    /// <exception cref="UserErrorException">
    /// Something is missing or does not fit, or the model does not generate.
    /// </exception>
    public static CausalLM Load(string directory, Device device, ScalarType dtype)
    {
        var isAdapter = LoraConfig.IsIn(directory);
        var whole = isAdapter ? BaseOf(directory) : directory;
        var config = ModelConfig.Load(whole);
        if (config.LabelCount > 0 || !config.HasOutput)
        {
            throw new UserErrorException(
                $"{directory} is a scalar reward model, which gives scores and no text; name a language model");
        }

        var model = Checkpoint.Load(whole, config, device, dtype);

        if (isAdapter)
        {
            LoraAdapter.Load(model, directory).MergeForGood();
        }

        return model;
    }

    /// <summary>Reads the weights of a folder into a model of the same sizes.</summary>
    /// <exception cref="UserErrorException">Something is missing or does not fit.</exception>
    public static void LoadInto(CausalLM model, string directory)
    {
        if (LoraConfig.IsIn(directory))
        {
            Checkpoint.LoadInto(model, BaseOf(directory));
            LoraAdapter.Load(model, directory).MergeForGood();
        }
        else
        {
            Checkpoint.LoadInto(model, directory);
        }
    }

    /// <summary>
    /// Where the tokenizer is: in the folder itself, else (PEFT does not copy it) with the model of an adapter.
    /// </summary>
    public static string TokenizerOf(string directory, string model) =>
        new[] { directory, model }.FirstOrDefault(Tokenizer.Exists)
        ?? (LoraConfig.IsIn(model) ? BaseOf(model) : model);

    /// <summary>The folder of the model that an adapter belongs to.</summary>
    /// <exception cref="UserErrorException">It is not on this machine.</exception>
    public static string BaseOf(string adapter)
    {
        var named = LoraConfig.Load(adapter).BaseModel;
        string[] places = named.Length == 0 || named.Contains('\0')
            ? []
            : [Path.GetFullPath(named), Path.GetFullPath(named, Path.GetFullPath(adapter))];
        if (places.FirstOrDefault(place => File.Exists(Path.Combine(place, ModelConfig.FileName))) is { } found)
        {
            return found;
        }

        var model = named.Length == 0 ? "a model that it does not name" : named;
        throw new UserErrorException(
            $"{adapter} is an adapter of {model}, which is no model folder here; "
            + "name the folder with --model and the adapter with --adapter");
    }
}
