using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Actors.Workers.Stages;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>The supervised cold start between its steps. For one thread.</summary>
internal sealed class ColdStartState : StageState
{
    private readonly Tokenizer _tokenizer;
    private readonly ModelCard _card;
    private readonly SftTrainer _trainer;
    private readonly SftBatches _batches;
    private readonly HeldOutJudging _heldOut;
    private readonly SftSettings _settings;
    private readonly CausalLM _model;

    private ColdStartState(
        RunSettings settings, CausalLM model, Tokenizer tokenizer, SftBatches batches, HeldOutJudging heldOut)
        : base(Optimizers.Adam(model, settings.Sft.Optimizer, settings.Learners.SftSharding))
    {
        _heldOut = heldOut;
        _model = model;
        _tokenizer = tokenizer;
        _batches = batches;
        _settings = settings.Sft;
        _card = settings.Model.ToCard();
        var options = settings.Sft.Optimizer;
        _trainer = new SftTrainer(model, Optimizer, Optimizers.Schedule(options, options.Steps), new SftOptions
        {
            MicroBatchTokens = options.MicroBatchTokens,
            GradientCheckpointing = options.GradientCheckpointing,
            PromptWeight = settings.Sft.PromptWeight,
        });
    }

    /// <summary>The cold start of a run.</summary>
    public static Stage Stage(RunSettings settings, RunFolder folder) => new(
        "sft",
        settings.SftWorker.Threads,
        new(settings.Learners, settings.SftWorker),
        settings.Sft.Optimizer.Steps,
        settings.Sft.CheckpointEvery,
        RunFolder.ColdStart,
        RunFolder.ColdStartPartial,
        (start, partial, ranks) => Load(settings, folder, start, partial, ranks));

    /// <summary>
    /// The state after the steps of an interrupted cold start, or before the first step where there is none.
    /// </summary>
    /// <param name="settings">The run.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="start">Folder of the model that the run starts from, on this host.</param>
    /// <param name="partial">Where an interrupted cold start was saved.</param>
    /// <param name="ranks">Who makes the next steps together.</param>
    private static ColdStartState Load(
        RunSettings settings, RunFolder folder, string start, TrainingCheckpoint partial, ICollective ranks)
    {
        var compute = WorkerDevice.Select(settings.SftWorker);
        var from = partial.Exists ? partial.Folder : null;
        var inParts = ReadsInParts(settings.Learners.SftSharding, ranks);
        var model = TrainedModel.Load(settings, folder, start, from, compute, inParts);
        model.PositionRule = settings.Model.PositionRule;
        var tokenizer = Tokenizer.Load(start, model.Config.VocabularySize);
        var encoder = new PromptEncoder(
            tokenizer,
            settings.Model.Template,
            settings.Model.UntrustedText,
            MediaStore.Open(start, model.Config, settings.Model.Media.Limits, settings.Model.Media.Decoding),
            model.Config.LongestPrompt);
        var pairs = PairSources.Open(settings);
        pairs.Bind(start);
        var batches = new SftBatches(settings.Sft, pairs, encoder, model.Config.Context);
        var heldOut = new HeldOutJudging(settings, model, tokenizer, encoder, pairs.HeldOut);
        var state = new ColdStartState(settings, model, tokenizer, batches, heldOut) { Ranks = ranks };
        state.Restore(partial, () => Checkpoint.LoadInto(model, from ?? start));
        return state;
    }

    /// <inheritdoc/>
    protected override CausalLM Model => _model;

    /// <inheritdoc/>
    public override WorkResult ToResult(string checkpoint) => new SftResult(checkpoint, Figures[^1]);

    /// <summary>Makes a step, and judges the held-out pairs where that is due.</summary>
    protected override Dictionary<string, double> Train(int step)
    {
        var batch = _batches.At(step);
        var metrics = _trainer.Step(batch);
        OwnTokens = metrics.OwnTokens;
        var figures = new Dictionary<string, double>
        {
            ["left-out"] = _settings.BatchSize - batch.Count,
            ["loss"] = metrics.Loss,
            ["grad-norm"] = metrics.GradientNorm,
            ["learning-rate"] = metrics.LearningRate,
            ["tokens-per-second"] = metrics.TokensPerSecond,
        };
        if (_settings.PromptWeight > 0 && double.IsFinite(metrics.ReplyLoss))
        {
            figures["reply-loss"] = metrics.ReplyLoss;
        }

        var every = _settings.EvaluateEvery;
        if (every > 0 && (step + 1) % every == 0 && step + 1 < _settings.Optimizer.Steps)
        {
            _heldOut.AddTo(figures, ShowProgress);
        }

        return figures;
    }

    /// <inheritdoc/>
    protected override void Save(TrainingCheckpoint checkpoint, AdamW? optimizer, TrainingState state) =>
        checkpoint.Save(_model, _tokenizer, _card, optimizer, state);

    /// <inheritdoc/>
    protected override void DisposeModel() => _model.Dispose();
}
