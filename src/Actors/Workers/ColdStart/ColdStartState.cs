using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.ColdStart;

/// <summary>
/// What the cold start holds between its steps: model, optimiser and the rows to come. For one thread.
/// </summary>
internal sealed class ColdStartState : IDisposable
{
    private readonly Tokenizer _tokenizer;
    private readonly ModelCard _card;
    private readonly AdamW _optimizer;
    private readonly SftTrainer _trainer;
    private readonly SftBatches _batches;
    private readonly int _batchSize;
    private readonly CausalLM _model;
    private readonly List<IReadOnlyDictionary<string, double>> _figures = [];

    private ColdStartState(RunSettings settings, CausalLM model, Tokenizer tokenizer, SftBatches batches)
    {
        _model = model;
        _tokenizer = tokenizer;
        _batches = batches;
        _batchSize = settings.Sft.BatchSize;
        _card = settings.Model.ToCard();
        var options = settings.Sft.Optimizer;
        _optimizer = Optimizers.Adam(model, options);
        _trainer = new SftTrainer(model, _optimizer, Optimizers.Schedule(options, options.Steps), new SftOptions
        {
            MicroBatchTokens = options.MicroBatchTokens,
            GradientCheckpointing = options.GradientCheckpointing,
        });
    }

    /// <summary>Number of steps made so far.</summary>
    public int Step { get; private set; }

    /// <summary>Figures of the last steps: of all, unless an earlier release began the cold start.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Figures => _figures;

    /// <summary>
    /// The state after the steps of an interrupted cold start, or before the first step where there is none.
    /// </summary>
    /// <param name="settings">The run.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="start">Folder of the model that the run starts from, on this host.</param>
    /// <param name="partial">Where an interrupted cold start was saved.</param>
    public static ColdStartState Load(RunSettings settings, RunFolder folder, string start, TrainingCheckpoint partial)
    {
        var compute = WorkerDevice.Select(settings.SftWorker);
        var from = partial.Exists ? partial.Folder : null;
        var model = TrainedModel.Load(settings, folder, start, from, compute);
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
        var state = new ColdStartState(settings, model, tokenizer, batches);
        if (partial.Exists)
        {
            var saved = partial.Load(state._optimizer);
            state.Step = saved.Step;
            state._figures.AddRange(saved.Figures ?? []);
        }

        return state;
    }

    /// <summary>Makes one optimiser step.</summary>
    /// <returns>The figures of the step.</returns>
    /// <exception cref="Data.UserErrorException">None of the step's pairs can be shown to the model.</exception>
    public Dictionary<string, double> TrainStep()
    {
        var batch = _batches.At(Step);
        var metrics = _trainer.Step(batch);
        Step++;
        var figures = new Dictionary<string, double>
        {
            ["left-out"] = _batchSize - batch.Count,
            ["loss"] = metrics.Loss,
            ["grad-norm"] = metrics.GradientNorm,
            ["learning-rate"] = metrics.LearningRate,
            ["tokens-per-second"] = metrics.TokensPerSecond,
        };
        _figures.Add(figures);
        return figures;
    }

    /// <summary>Writes a checkpoint that the cold start can go on from.</summary>
    public void SaveForContinuation(TrainingCheckpoint checkpoint) => Save(
        checkpoint, _optimizer, new TrainingState(Step, KlCoefficient: 0) { Figures = _figures });

    /// <summary>Writes the finished model; nothing goes on from its optimiser.</summary>
    public void SaveFinal(TrainingCheckpoint checkpoint) =>
        Save(checkpoint, optimizer: null, new TrainingState(Step, KlCoefficient: 0));

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private void Save(TrainingCheckpoint checkpoint, AdamW? optimizer, TrainingState state) =>
        checkpoint.Save(_model, _tokenizer, _card, optimizer, state);
}
