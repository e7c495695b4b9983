using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;
using Serilog;

namespace R1Reward.Actors.Workers.Rollout;

/// <summary>The policy of one rollout worker, on its device, with the weights of the items that run.</summary>
/// <param name="settings">The run.</param>
/// <param name="bulk">Where weights come from.</param>
/// <param name="deviceOffset">Added to the number of a CUDA device.</param>
internal sealed class RolloutPolicy(RunSettings settings, BulkHub bulk, int deviceOffset)
    : IPolicyHolder<WeightsReference>
{
    private string? _blob;
    private CausalLM? _model;
    private GenerationEngine? _engine;

    /// <summary>Writes pairs as prompts; only after the first <see cref="Load"/>.</summary>
    public PromptEncoder Encoder { get; private set; } = null!;

    /// <summary>
    /// How training traces are sampled; only after the first <see cref="Load"/>, for a checkpoint may propose it.
    /// </summary>
    public SamplingOptions Sampling { get; private set; } = null!;

    /// <summary>
    /// The model's pictures and videos, for any thread; null before the first <see cref="Load"/> and where the model
    /// reads
    /// text only.
    /// </summary>
    public MediaStore? Media { get; private set; }

    /// <inheritdoc/>
    public bool Holds(WeightsReference weights) => _blob == weights.Blob.Name;

    /// <summary>Loads weights from memory where a worker of this process made them, else from their files.</summary>
    /// <exception cref="IOException">Nobody serves the weights any more.</exception>
    public GenerationEngine Load(WeightsReference weights, CancellationToken cancel)
    {
        if (_model is not null && bulk.Shared<CausalLM>(weights.Blob.Name) is { } shared)
        {
            _model.CopyFrom(shared);
        }
        else
        {
            var folder = bulk.FolderOfAsync(weights.Blob, cancel).GetAwaiter().GetResult();
            if (_model is null)
            {
                LoadFirst(folder);
            }
            else
            {
                PolicyFolder.LoadInto(_model, folder);
            }
        }

        _blob = weights.Blob.Name;
        _engine!.Version = weights.Version;
        return _engine;
    }

    public void Dispose()
    {
        _engine?.Dispose();
        _model?.Dispose();
    }

    private void LoadFirst(string folder)
    {
        var (worker, reading) = (settings.Rollout, settings.Model);
        var device = WorkerDevice.Select(worker.Device, deviceOffset);
        var model = PolicyFolder.Load(folder, device.Device, device.DType);
        model.PositionRule = reading.PositionRule;
        model.IsBatchInvariant = worker.BatchInvariant;
        var tokenizer = Tokenizer.Load(folder, model.Config.VocabularySize);
        var (template, context) = (reading.Template, model.Config.LongestPrompt);
        Media = MediaStore.Open(folder, model.Config, reading.Media.Limits, reading.Media.Decoding);
        Encoder = new PromptEncoder(tokenizer, template, reading.UntrustedText, Media, context);
        var (proposed, used) = (model.Config.Generation, worker.CheckpointDefaults);
        Log.Information(
            "for generation the checkpoint proposes {Proposed}; rollout.checkpoint-defaults is {Used}",
            proposed.ToString(),
            used ? "on" : "off");
        if (model.Config.UnknownKeys.Count > 0)
        {
            Log.Warning(
                "config.json of the checkpoint has keys that are not known and not followed: {Keys}",
                string.Join(", ", model.Config.UnknownKeys));
        }

        if (used)
        {
            proposed.RequireComputed();
        }

        Sampling = used ? worker.Sampling.With(proposed) : worker.Sampling;
        _engine = new GenerationEngine(
            model,
            tokenizer,
            new GenerationEngineOptions
            {
                MaxSequences = worker.MaxSequences,
                CacheBytes = worker.CacheBytes,
                Parts = worker.Parts,
                Threads = worker.Device.Threads,
            });
        _model = model;
    }
}
