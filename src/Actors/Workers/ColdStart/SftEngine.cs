using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Data.Prompts;
using R1Reward.Data.Traces;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>Runs the supervised cold start on a thread of its own, from its last checkpoint when it was interrupted.</summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints go.</param>
/// <param name="bulk">Where weights come from and are published.</param>
public sealed class SftEngine(RunSettings settings, RunFolder folder, BulkHub bulk) : IWorkEngine
{
    private readonly TorchThread _thread = new("sft", settings.SftWorker.Threads);
    private CausalLM? _trained;

    /// <inheritdoc/>
    public int Capacity => 1;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel) =>
        _thread.Run(() => Train((SftWork)item.Payload, progress, cancel));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _thread.Dispose();
        _trained?.Dispose();
        return ValueTask.CompletedTask;
    }

    private WorkResult Train(SftWork work, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var compute = WorkerDevice.Select(settings.SftWorker);
        var start = bulk.FolderOfAsync(work.Model.Blob, cancel).GetAwaiter().GetResult();
        var partial = new TrainingCheckpoint(folder.Absolute(Path.Combine("checkpoints", "sft-partial")));
        var model = TrainedModel.Load(settings, folder, start, partial.Exists ? partial.Folder : null, compute);
        model.PositionRule = settings.Model.PositionRule;
        var tokenizer = Tokenizer.Load(start);
        var media = MediaStore.Open(start, model.Config, settings.Model.Media.Limits, settings.Model.Media.Decoding);
        var encoder = new PromptEncoder(tokenizer, PromptTemplate.Of(settings.Model.Template), settings.Model.UntrustedText, media, model.Config.LongestPrompt);
        var card = ModelCard.Of(settings.Model);
        var pairs = PairSources.Open(settings);
        pairs.Bind(start);

        var options = settings.Sft.Optimizer;
        using var optimizer = Optimizers.Adam(model, options);
        var trainer = new SftTrainer(model, optimizer, Optimizers.Schedule(options, options.Steps), new SftOptions { MicroBatchTokens = options.MicroBatchTokens, GradientCheckpointing = options.GradientCheckpointing });
        var step = partial.Exists ? partial.Load(optimizer).Step : 0;
        var figures = new Dictionary<string, double>();
        var batches = new SftBatches(settings.Sft, pairs, encoder, model.Config.Context);
        while (step < options.Steps)
        {
            if (cancel.IsCancellationRequested)
            {
                partial.Save(model, tokenizer, card, optimizer, new TrainingState(step, 0));
                return new WorkStopped(partial.Folder);
            }

            var batch = batches.At(step);
            figures = Figures(trainer.Step(batch), settings.Sft.BatchSize - batch.Count);
            progress(++step, figures);
            if (settings.Sft.CheckpointEvery > 0 && step % settings.Sft.CheckpointEvery == 0 && step < options.Steps)
            {
                partial.Save(model, tokenizer, card, optimizer, new TrainingState(step, 0));
            }
        }

        var done = folder.Absolute(RunFolder.ColdStart);
        new TrainingCheckpoint(done).Save(model, tokenizer, card, null, new TrainingState(step, 0));
        partial.Delete();
        var name = $"sft-{Guid.NewGuid().ToString("N")[..8]}";
        var blob = bulk.Publish(name, done);
        _trained = model;
        bulk.Share(name, model);
        return new SftResult(new WeightsReference(new PolicyVersion(0), blob), RunFolder.ColdStart, figures);
    }

    private static Dictionary<string, double> Figures(SftMetrics metrics, int leftOut) => new()
    {
        ["left-out"] = leftOut,
        ["loss"] = metrics.Loss,
        ["grad-norm"] = metrics.GradientNorm,
        ["learning-rate"] = metrics.LearningRate,
        ["tokens-per-second"] = metrics.TokensPerSecond,
    };
}
