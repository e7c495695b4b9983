using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Scalar;

/// <summary>
/// What the training of a scalar model holds between its steps: model, optimiser and the pairs to come. For one thread.
/// </summary>
internal sealed class ScalarState : IDisposable
{
    private readonly RunSettings _settings;
    private readonly ScalarModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly ScalarPairs _pairs;
    private readonly AdamW _optimizer;
    private readonly ScalarStep _step;
    private readonly List<IReadOnlyDictionary<string, double>> _figures = [];

    private ScalarState(RunSettings settings, ScalarModel model, Tokenizer tokenizer, ScalarPairs pairs)
    {
        _settings = settings;
        _model = model;
        _tokenizer = tokenizer;
        _pairs = pairs;
        var options = settings.Srm.Optimizer;
        _optimizer = Optimizers.Adam(model.Trained, options);
        _step = new ScalarStep(
            model,
            _optimizer,
            Optimizers.Schedule(options, options.Steps),
            settings.Srm.Objective,
            new ScalarOptions
            {
                MicroBatchTokens = options.MicroBatchTokens,
                GradientCheckpointing = options.GradientCheckpointing,
            });
    }

    /// <summary>Number of steps made so far.</summary>
    public int Step { get; private set; }

    /// <summary>
    /// The state after the steps of an interrupted training, or before the first step where there is none.
    /// </summary>
    /// <param name="settings">The run.</param>
    /// <param name="start">Folder of the model that the run starts from, on this host.</param>
    /// <param name="partial">Where an interrupted training was saved.</param>
    public static ScalarState Load(RunSettings settings, string start, TrainingCheckpoint partial)
    {
        var compute = WorkerDevice.Select(settings.SrmWorker);
        var model = LoadModel(settings, start, partial, compute);
        var config = model.Backbone.Config;
        model.Backbone.PositionRule = settings.Model.PositionRule;
        var tokenizer = Tokenizer.Load(start, config.VocabularySize);
        var media = MediaStore.Open(start, config, settings.Model.Media.Limits, settings.Model.Media.Decoding);
        var conversations = new ConversationEncoder(
            tokenizer, settings.Model.UntrustedText, media, config.Context);
        var source = PairSources.Open(settings);
        source.Bind(start);
        var encoder = new ResponseEncoder(conversations, media is not null);
        var pairs = new ScalarPairs(settings.Srm, model.Config.Heads, source, encoder);
        var state = new ScalarState(settings, model, tokenizer, pairs);
        if (partial.Exists)
        {
            var saved = partial.Load(state._optimizer);
            state.Step = saved.Step;
            state._figures.AddRange(saved.Figures ?? []);
        }

        return state;
    }

    /// <summary>Names of the heads.</summary>
    public IReadOnlyList<string> Heads => _model.Config.Heads;

    /// <summary>Figures of all steps so far.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Figures => _figures;

    /// <summary>Makes one optimiser step, and scores the held-out pairs where that is due.</summary>
    /// <returns>The figures of the step.</returns>
    /// <exception cref="Data.UserErrorException">None of the step's pairs can be shown to the model.</exception>
    public IReadOnlyDictionary<string, double> TrainStep()
    {
        var batch = _pairs.At(Step);
        var metrics = _step.Run(batch);
        Step++;
        var figures = new Dictionary<string, double>
        {
            ["left-out"] = _settings.Srm.BatchSize - batch.Count,
            ["loss"] = metrics.Loss,
            ["grad-norm"] = metrics.GradientNorm,
            ["learning-rate"] = metrics.LearningRate,
            ["tokens-per-second"] = metrics.Tokens / metrics.Elapsed.TotalSeconds,
        };
        AddHeads(figures, metrics);
        var every = _settings.Srm.EvaluateEvery;
        if (every > 0 && Step % every == 0 && Step < _settings.Srm.Optimizer.Steps)
        {
            foreach (var (head, scores) in Heads.Zip(ScoreHeldOut()).Where(head => head.Second.Accuracy is not null))
            {
                figures[FigureOf(head, "held-out-accuracy")] = scores.Accuracy!.Value;
            }
        }

        _figures.Add(figures);
        return figures;
    }

    /// <summary>What each head finds of the held-out pairs, in the order of the heads.</summary>
    public IReadOnlyList<ScoreFigures> ScoreHeldOut()
    {
        var pairs = _pairs.HeldOut;
        var scores = ScalarPass.Evaluate(
            _model,
            [.. pairs.Select(pair => pair.First), .. pairs.Select(pair => pair.Second)],
            _settings.Srm.Optimizer.MicroBatchTokens);
        return
        [
            .. Heads.Index().Select(head => ScoreFigures.Compute(pairs.Index().Select(pair => (
                scores[pair.Index][head.Index],
                scores[pairs.Count + pair.Index][head.Index],
                pair.Item.Labels[head.Index]))) with
            {
                LeftOut = _pairs.HeldOutLeftOut,
            }),
        ];
    }

    /// <summary>Writes a checkpoint that training can go on from.</summary>
    public void SaveForContinuation(TrainingCheckpoint checkpoint) => Save(
        checkpoint, _optimizer, new TrainingState(Step, KlCoefficient: 0) { Figures = _figures });

    /// <summary>Writes the finished model, an adapter merged into it.</summary>
    public void SaveFinal(TrainingCheckpoint checkpoint) =>
        Save(checkpoint, optimizer: null, new TrainingState(Step, KlCoefficient: 0));

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private void AddHeads(Dictionary<string, double> figures, ScalarMetrics metrics)
    {
        foreach (var head in metrics.Heads.Where(head => head.Accuracy is not null))
        {
            string Name(string figure) => FigureOf(head.Head, figure);
            figures[Name("accuracy")] = head.Accuracy!.Value;
            figures[Name("accuracy-mean")] = head.MeanAccuracy;
            figures[Name("pair-loss")] = head.Loss!.Value;
            figures[Name("pair-loss-mean")] = head.MeanLoss;
            figures[Name("chosen")] = head.Chosen!.Value;
            figures[Name("rejected")] = head.Rejected!.Value;
        }
    }

    // With one head the figure's own name.
    private string FigureOf(string head, string figure) => Heads.Count == 1 ? figure : $"{head}-{figure}";

    private static ScalarModel LoadModel(
        RunSettings settings, string start, TrainingCheckpoint partial, ComputeDevice compute)
    {
        if (settings.Model.Lora is null && partial.Exists)
        {
            return ScalarFolder.Load(partial.Folder, compute.Device, compute.DType);
        }

        var model = ScalarFolder.IsIn(start)
            ? ScalarFolder.Load(start, compute.Device, compute.DType)
            : ScalarFolder.Start(
                start,
                settings.Srm.Heads,
                compute.Device,
                compute.DType,
                CounterRandom.KeyOf(settings.Seed, "heads"));
        if (settings.Model.Lora is { } lora)
        {
            if (partial.Exists)
            {
                LoraAdapter.Load(model.Backbone, partial.Folder);
                partial.LoadHeads(model.Heads);
            }
            else
            {
                LoraAdapter.Create(model.Backbone, lora, CounterRandom.KeyOf(settings.Seed, "adapter"));
            }
        }

        return model;
    }

    private void Save(TrainingCheckpoint checkpoint, AdamW? optimizer, TrainingState state) =>
        checkpoint.Save(_model, _tokenizer, _settings.Model.ToCard(), optimizer, state);
}
