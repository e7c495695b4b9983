using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Actors.Workers.Stages;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Scalar;

/// <summary>
/// The training of a scalar reward model between its steps; at its end it scores the held-out pairs. For one thread.
/// </summary>
internal sealed class ScalarState : StageState
{
    private readonly RunSettings _settings;
    private readonly ScalarModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly ScalarPairs _pairs;
    private readonly ScalarStep _step;

    private ScalarState(RunSettings settings, ScalarModel model, Tokenizer tokenizer, ScalarPairs pairs)
        : base(Optimizers.Adam(model.Trained, settings.Srm.Optimizer, settings.Learners.SrmSharding))
    {
        _settings = settings;
        _model = model;
        _tokenizer = tokenizer;
        _pairs = pairs;
        var options = settings.Srm.Optimizer;
        _step = new ScalarStep(
            model,
            Optimizer,
            Optimizers.Schedule(options, options.Steps),
            settings.Srm.Objective,
            new ScalarOptions
            {
                MicroBatchTokens = options.MicroBatchTokens,
                GradientCheckpointing = options.GradientCheckpointing,
                Balance = settings.Srm.Balance,
                GradNormAlpha = settings.Srm.GradNormAlpha,
                GradNormRate = settings.Srm.GradNormRate,
                Seed = settings.Seed,
            });
    }

    private IReadOnlyList<string> Heads => _model.Config.Heads;

    /// <summary>The training of a run's scalar model.</summary>
    public static Stage Stage(RunSettings settings) => new(
        "srm",
        settings.SrmWorker.Threads,
        new(settings.Learners, settings.SrmWorker),
        settings.Srm.Optimizer.Steps,
        settings.Srm.CheckpointEvery,
        RunFolder.Scalar,
        RunFolder.ScalarPartial,
        (start, partial, ranks) => Load(settings, start, partial, ranks));

    /// <summary>
    /// The state after the steps of an interrupted training, or before the first step where there is none.
    /// </summary>
    /// <param name="settings">The run.</param>
    /// <param name="start">Folder of the model that the run starts from, on this host.</param>
    /// <param name="partial">Where an interrupted training was saved.</param>
    /// <param name="ranks">Who makes the next steps together.</param>
    private static ScalarState Load(
        RunSettings settings, string start, TrainingCheckpoint partial, ICollective ranks)
    {
        var compute = WorkerDevice.Select(settings.SrmWorker);
        var from = settings.Model.Lora is null && partial.Exists ? partial.Folder : start;
        var inParts = ReadsInParts(settings.Learners.SrmSharding, ranks);
        var model = LoadModel(settings, from, partial, compute, inParts);
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
        var state = new ScalarState(settings, model, tokenizer, pairs) { Ranks = ranks };
        state.Restore(partial, () => ScalarFolder.LoadInto(model, from));
        return state;
    }

    /// <inheritdoc/>
    protected override CausalLM Model => _model.Backbone;

    /// <inheritdoc/>
    public override WorkResult ToResult(string checkpoint) => new SrmResult(
        checkpoint,
        Heads.Zip(ScoreHeldOut()).ToDictionary(
            head => head.First == Heads[0] ? "srm" : $"srm-{head.First}", head => head.Second));

    /// <summary>Makes a step, and scores the held-out pairs where that is due.</summary>
    protected override Dictionary<string, double> Train(int step)
    {
        var batch = _pairs.At(step);
        var metrics = _step.Run(batch);
        OwnTokens = metrics.OwnTokens;
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
        if (every > 0 && (step + 1) % every == 0 && step + 1 < _settings.Srm.Optimizer.Steps)
        {
            foreach (var (head, scores) in Heads.Zip(ScoreHeldOut()).Where(head => head.Second.Accuracy is not null))
            {
                figures[FigureOf(head, "held-out-accuracy")] = scores.Accuracy!.Value;
            }
        }

        return figures;
    }

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Followed => _step.Followed;

    /// <inheritdoc/>
    protected override void Follow(IReadOnlyDictionary<string, double> saved) => _step.GoOnFrom(saved);

    /// <inheritdoc/>
    protected override void Save(TrainingCheckpoint checkpoint, AdamW? optimizer, TrainingState state) =>
        checkpoint.Save(_model, _tokenizer, _settings.Model.ToCard(), optimizer, state);

    /// <inheritdoc/>
    protected override void DisposeModel() => _model.Dispose();

    // What each head finds of the held-out pairs, in the order of the heads.
    private IReadOnlyList<ScoreFigures> ScoreHeldOut()
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
            if (head.Weight is { } weight)
            {
                figures[Name("weight")] = weight;
            }
        }
    }

    // With one head the figure's own name.
    private string FigureOf(string head, string figure) => Heads.Count == 1 ? figure : $"{head}-{figure}";

    private static ScalarModel LoadModel(
        RunSettings settings, string from, TrainingCheckpoint partial, ComputeDevice compute, bool inParts)
    {
        var model = ScalarFolder.IsIn(from)
            ? ScalarFolder.Load(from, compute.Device, compute.DType, inParts)
            : ScalarFolder.Start(
                from,
                settings.Srm.Heads,
                compute.Device,
                compute.DType,
                CounterRandom.KeyOf(settings.Seed, "heads"),
                inParts);
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
}
