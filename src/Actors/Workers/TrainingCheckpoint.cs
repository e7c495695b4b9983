using Newtonsoft.Json;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Actors.Workers;

/// <summary>
/// A checkpoint folder: the model as Hugging Face reads it, or its adapter as PEFT does, with tokenizer, and under <c>training/</c> what training needs
/// to go on bit for bit. Written beside and renamed, so a folder that is there is whole.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class TrainingCheckpoint(string folder)
{
    private const string Training = "training";

    private const string CriticFolder = "critic";

    private const string StateFile = "state.json";

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>Whether it is there.</summary>
    public bool Exists => File.Exists(Path.Combine(folder, Training, StateFile));

    /// <summary>Writes it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="card">How it is to be asked.</param>
    /// <param name="optimizer">The optimiser; null where nothing goes on from here.</param>
    /// <param name="state">Where training stands.</param>
    /// <param name="critic">The critic; null where there is none.</param>
    public void Save(CausalLM model, Tokenizer tokenizer, ModelCard card, AdamW? optimizer, TrainingState state, Critic? critic = null)
    {
        var partial = folder + ".partial";
        Delete(partial);
        Directory.CreateDirectory(Path.Combine(partial, Training));
        if (model.Adapter is { } adapter)
        {
            adapter.Save(partial);
        }
        else
        {
            // In the format of the computation: what training goes on from must not be rounded.
            Checkpoint.Save(model, partial, dtype: model.Dtype);
        }

        tokenizer.CopyTo(partial);
        card.Save(partial);
        if (optimizer is not null)
        {
            OptimizerState.Save(optimizer, Path.Combine(partial, Training));
        }

        if (critic is not null)
        {
            var folderOfCritic = Path.Combine(partial, Training, CriticFolder);
            Directory.CreateDirectory(folderOfCritic);
            Checkpoint.Save(critic.Model, folderOfCritic, dtype: critic.Model.Dtype);
            OptimizerState.Save(critic.Optimizer, folderOfCritic);
        }

        File.WriteAllText(Path.Combine(partial, Training, StateFile), JsonConvert.SerializeObject(state));
        Delete(folder);
        Directory.Move(partial, folder);
    }

    /// <summary>Brings the optimiser back to where it was.</summary>
    public TrainingState Load(AdamW optimizer)
    {
        OptimizerState.Load(optimizer, Path.Combine(folder, Training));
        return JsonConvert.DeserializeObject<TrainingState>(File.ReadAllText(Path.Combine(folder, Training, StateFile)))!;
    }

    /// <summary>The critic's network as it was; null when there was none.</summary>
    public CausalLM? LoadCriticModel(Device device, ScalarType dtype) =>
        Directory.Exists(Path.Combine(folder, Training, CriticFolder)) ? Checkpoint.Load(Path.Combine(folder, Training, CriticFolder), device, dtype) : null;

    /// <summary>Brings the critic's optimiser back to where it was, when there was one.</summary>
    public void LoadCriticOptimizer(Critic critic)
    {
        if (Directory.Exists(Path.Combine(folder, Training, CriticFolder)))
        {
            OptimizerState.Load(critic.Optimizer, Path.Combine(folder, Training, CriticFolder));
        }
    }

    /// <summary>Removes it.</summary>
    public void Delete() => Delete(folder);

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}

/// <summary>Where training stands at a checkpoint.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="KlCoefficient">The KL controller's coefficient; 0 in the cold start.</param>
/// <param name="RewardMoments">Moments of all rewards so far, for their running normalisation.</param>
internal sealed record TrainingState(int Step, double KlCoefficient, AdvantageMoments RewardMoments = default);
