using Newtonsoft.Json;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// A checkpoint folder: the model as Hugging Face reads it, or its adapter as PEFT does, with tokenizer, and under
/// <c>training/</c> what training needs to go on bit for bit. Written beside and renamed, so a folder that is there is
/// whole. Ranks of which each holds a part of the optimiser's state save together, each its part.
/// </summary>
/// <param name="folder">Path of the folder.</param>
public sealed class TrainingCheckpoint(string folder)
{
    private readonly string _training = Path.Combine(folder, "training");

    /// <summary>Path of the folder.</summary>
    public string Folder => folder;

    /// <summary>Whether the checkpoint has been written.</summary>
    public bool Exists => File.Exists(StateFile(_training));

    /// <summary>Writes the checkpoint; one that is there is replaced.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="card">How the model is to be asked.</param>
    /// <param name="optimizer">The optimiser; null where nothing goes on from here.</param>
    /// <param name="state">Where training stands.</param>
    /// <param name="critic">The critic; null where there is none.</param>
    /// <exception cref="RankLostException">A rank is gone, and with it its part of the checkpoint.</exception>
    public void Save(
        CausalLM model,
        Tokenizer tokenizer,
        ModelCard card,
        AdamW? optimizer,
        TrainingState state,
        Critic? critic = null) =>
        Save(model, target => SaveModel(model, target), tokenizer, card, optimizer, state, critic);

    /// <summary>Writes the checkpoint of a scalar model; one that is there is replaced.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="card">How the model is to be asked.</param>
    /// <param name="optimizer">The optimiser; null where nothing goes on from here.</param>
    /// <param name="state">Where training stands.</param>
    public void Save(ScalarModel model, Tokenizer tokenizer, ModelCard card, AdamW? optimizer, TrainingState state) =>
        Save(
            model.Backbone,
            target => SaveModel(model, target, goesOn: optimizer is not null),
            tokenizer,
            card,
            optimizer,
            state,
            critic: null);

    private void Save(
        CausalLM model,
        Action<string> saveModel,
        Tokenizer tokenizer,
        ModelCard card,
        AdamW? optimizer,
        TrainingState state,
        Critic? critic)
    {
        var partial = folder + ".partial";
        var training = Path.Combine(partial, "training");
        var ranks = optimizer is { IsWhole: false } ? optimizer.Ranks : OneRank.Alone;
        if (ranks.Rank == 0)
        {
            Delete(partial);
            Directory.CreateDirectory(critic is null ? training : CriticFolder(training));
        }

        // Nobody writes before the folder is there, and it is renamed after everybody has written.
        _ = ranks.Gather([]);
        if (ranks.Rank == 0)
        {
            saveModel(partial);
            tokenizer.CopyTo(partial);
            card.Save(partial);
            if (critic is not null)
            {
                Checkpoint.Save(critic.Model, CriticFolder(training), dtype: critic.Model.Dtype);
            }
        }
        else
        {
            Checkpoint.HelpSave(model);
            if (critic is not null)
            {
                Checkpoint.HelpSave(critic.Model);
            }
        }

        if (optimizer is not null)
        {
            OptimizerState.Save(optimizer, training);
        }

        if (critic is not null)
        {
            OptimizerState.Save(critic.Optimizer, CriticFolder(training));
        }

        _ = ranks.Gather([]);
        if (ranks.Rank == 0)
        {
            File.WriteAllText(StateFile(training), JsonConvert.SerializeObject(state));
            Delete(folder);
            Directory.Move(partial, folder);
        }
    }

    /// <summary>Brings the optimiser back to where it was, and says where training stands.</summary>
    public TrainingState Load(AdamW optimizer)
    {
        OptimizerState.Load(optimizer, _training);
        return JsonConvert.DeserializeObject<TrainingState>(File.ReadAllText(StateFile(_training)))!;
    }

    /// <summary>Brings the heads of a scalar model, saved beside its adapter, back to where they were.</summary>
    public void LoadHeads(ScalarHeads heads) => ScalarFolder.LoadHeads(heads, folder);

    /// <summary>The critic's network as it was; null when there was none.</summary>
    public CausalLM? LoadCriticModel(Device device, ScalarType dtype)
    {
        var critic = CriticFolder(_training);
        return Directory.Exists(critic) ? Checkpoint.Load(critic, device, dtype) : null;
    }

    /// <summary>Brings the critic's optimiser back to where it was, when there was one.</summary>
    public void LoadCriticOptimizer(Critic critic)
    {
        var saved = CriticFolder(_training);
        if (Directory.Exists(saved))
        {
            OptimizerState.Load(critic.Optimizer, saved);
        }
    }

    /// <summary>Removes the folder, if it is there.</summary>
    public void Delete() => Delete(folder);

    // What goes on keeps the adapter apart from its model; what is finished needs no other folder.
    private static void SaveModel(ScalarModel model, string target, bool goesOn)
    {
        if (goesOn && model.Backbone.Adapter is { } adapter)
        {
            adapter.Save(target);
            ScalarFolder.SaveHeads(model.Heads, target);
        }
        else
        {
            ScalarFolder.Save(model, target, goesOn ? model.Backbone.Dtype : null);
        }
    }

    private static void SaveModel(CausalLM model, string target)
    {
        if (model.Adapter is { } adapter)
        {
            adapter.Save(target);
        }
        else
        {
            // In the format of the computation: what training goes on from must not be rounded.
            Checkpoint.Save(model, target, dtype: model.Dtype);
        }
    }

    private static string StateFile(string training) => Path.Combine(training, "state.json");

    private static string CriticFolder(string training) => Path.Combine(training, "critic");

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
