using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Models;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>The model that a stage trains: whole, or frozen under an adapter.</summary>
internal static class TrainedModel
{
    /// <summary>Loads the model with what the stage has trained so far.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="start">Folder of the model that the run starts from.</param>
    /// <param name="checkpoint">
    /// Folder that the stage goes on from: a whole model or, with an adapter, the adapter. Null where nothing is
    /// trained yet.
    /// </param>
    /// <param name="compute">Where and in which precision.</param>
    /// <param name="inParts">
    /// Whether a model without an adapter has no memory for its weights yet, of which each rank is going to read its
    /// part (<see cref="Checkpoint.Open"/>).
    /// </param>
    public static CausalLM Load(
        RunSettings settings,
        RunFolder folder,
        string start,
        string? checkpoint,
        ComputeDevice compute,
        bool inParts = false)
    {
        if (settings.Model.Lora is not { } lora)
        {
            var from = checkpoint ?? start;
            return inParts
                ? Checkpoint.Open(from, compute.Device, compute.DType)
                : Checkpoint.Load(from, compute.Device, compute.DType);
        }

        var model = Checkpoint.Load(start, compute.Device, compute.DType);
        if (checkpoint is not null)
        {
            LoraAdapter.Load(model, checkpoint);
            return model;
        }

        // The adapter names the model that it belongs to, not the copy in a worker's cache.
        var baseModel = Path.GetFullPath(StartingModel.Folder(settings, folder));
        LoraAdapter.Create(model, lora with { BaseModel = baseModel }, CounterRandom.KeyOf(settings.Seed, "adapter"));
        return model;
    }
}
