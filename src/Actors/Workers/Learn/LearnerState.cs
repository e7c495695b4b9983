using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using static TorchSharp.torch;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>What a learner holds between updates: the step with its models and optimisers. For one thread.</summary>
internal sealed class LearnerState : IDisposable
{
    /// <summary>The version of a state that is no update's.</summary>
    public const int None = -1;

    private readonly AdamW _optimizer;
    private readonly PolicyLearner _learner;
    private readonly KlController _kl;
    private readonly AdvantagePipeline _advantages;
    private readonly ModelCard _card;
    private readonly CommonState _common;
    private FrozenParts? _reference;
    private double[]? _kept;

    internal LearnerState(
        RunSettings settings,
        CausalLM model,
        CausalLM? reference,
        Tokenizer tokenizer,
        AdamW optimizer,
        Critic? critic,
        int version,
        TrainingState? saved,
        Action onMicroBatch)
    {
        var rl = settings.Rl;
        Model = model;
        Tokenizer = tokenizer;
        Version = version;
        _optimizer = optimizer;
        _card = settings.Model.ToCard();
        _kl = new KlController(rl.Kl, saved?.KlCoefficient);
        _advantages = new AdvantagePipeline(rl.Advantages, saved?.RewardMoments ?? default);
        var schedule = Optimizers.Schedule(rl.Optimizer, rl.Steps * rl.OptimizerStepsPerUpdate);
        var options = LearnerOptions(settings, onMicroBatch);
        var learner = new PolicyLearner(model, optimizer, schedule, rl.Objective, options)
        {
            UpdateCount = version,
        };
        _learner = learner;
        _common = new CommonState(critic is null ? [optimizer] : [optimizer, critic.Optimizer]);
        Step = new ReinforceStep(learner, _advantages, _kl) { Reference = reference, Critic = critic };
    }

    /// <summary>The policy that is trained.</summary>
    public CausalLM Model { get; }

    /// <summary>The policy's tokenizer, which is published with its weights.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Reads pictures and videos; null where the policy reads text only.</summary>
    public MediaStore? Media { get; init; }

    /// <summary>The update rule with all that goes on from update to update.</summary>
    public ReinforceStep Step { get; }

    /// <summary>Updates that are in the policy; <see cref="None"/> while it is between two.</summary>
    public int Version { get; private set; }

    /// <summary>Has each rank hold a part of the reference alone; null where each holds all of it.</summary>
    public FrozenParts? Reference
    {
        init => _reference = value;
    }

    /// <summary>The weights of the reference, where each rank reads its part alone; null: they are here.</summary>
    public IEnumerable<Tensor>? ReferenceRead { get; init; }

    /// <summary>Who makes the next update together.</summary>
    public ICollective Ranks
    {
        set
        {
            _reference?.ShareOut(value);
            _optimizer.Ranks = value;
            if (Step.Critic is { } critic)
            {
                critic.Optimizer.Ranks = value;
            }
        }
    }

    /// <summary>Time spent so far in waiting for the sums of gradients over all ranks.</summary>
    public TimeSpan Waited => _optimizer.Waited + (Step.Critic?.Optimizer.Waited ?? TimeSpan.Zero);

    // What training goes on from beside weights and moments.
    private double[] Numbers
    {
        get
        {
            var moments = _advantages.RewardMoments;
            return [Version, _kl.Coefficient, moments.Count, moments.Mean, moments.SquaredDeviations];
        }

        set
        {
            Version = (int)value[0];
            _learner.UpdateCount = Version;
            if (Step.Critic is { } critic)
            {
                critic.UpdateCount = Version;
            }

            _kl.Coefficient = value[1];
            _advantages.RewardMoments = new AdvantageMoments(value[2], value[3], value[4]);
        }
    }

    /// <summary>Updates critic and policy on a batch, by all ranks together where there are several.</summary>
    /// <param name="batch">The scored traces.</param>
    /// <param name="media">The media of each.</param>
    /// <param name="keepsCopy">Whether the state before it is kept, to go back to.</param>
    /// <param name="replicates">Whether a copy of another rank's part of the state after it is kept.</param>
    public ReinforceMetrics Update(
        IReadOnlyList<ScoredTrace> batch, IReadOnlyList<MediaFeatures>[] media, bool keepsCopy, bool replicates)
    {
        _kept = null;
        if (replicates)
        {
            _common.Replicate(Version);
        }

        if (keepsCopy)
        {
            _common.Keep();
            _kept = Numbers;
        }

        var next = Version + 1;
        Version = None;
        var metrics = Step.Run(batch, media);
        if (replicates)
        {
            _common.Replicate(next);
        }

        Version = next;
        return metrics;
    }

    /// <summary>Goes back to where the state was before the last update, if that is the version asked for.</summary>
    public void GoBackTo(int version)
    {
        if (Version != version && _kept is { } kept && kept[0] == version && _common.CanGoBack)
        {
            _common.GoBack();
            Numbers = kept;
        }
    }

    /// <summary>Every rank goes on from the state that some of them have.</summary>
    /// <param name="version">Of that state.</param>
    /// <param name="source">The first rank that has it, or its part of it.</param>
    /// <param name="ranks">The ranks, all of which call this.</param>
    /// <returns>Whether those that are left have all of it.</returns>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public bool TakeFrom(int version, int source, ICollective ranks)
    {
        var numbers = ranks.Gather(Numbers)[source];
        var isCurrent = Version == version;
        if (!isCurrent)
        {
            Version = None;
            _kept = null;
        }

        if (_common.TakeFrom(source, isCurrent, version, onTaken: () => Numbers = numbers))
        {
            return true;
        }

        Version = None;
        _kept = null;
        return false;
    }

    /// <summary>
    /// Whether all of the optimisers' state is held here; else the ranks write a checkpoint together, each its part.
    /// </summary>
    public bool IsWhole => _optimizer.IsWhole;

    /// <summary>Writes a checkpoint from which training goes on bit for bit.</summary>
    /// <exception cref="RankLostException">A rank is gone that was to write its part.</exception>
    public void Save(string folder)
    {
        var state = new TrainingState(Version, _kl.Coefficient, _advantages.RewardMoments);
        new TrainingCheckpoint(folder).Save(Model, Tokenizer, _card, _optimizer, state, Step.Critic);
    }

    public void Dispose()
    {
        _common.Dispose();
        Step.Critic?.Dispose();
        _optimizer.Dispose();
        _reference?.Dispose();
        Step.Reference?.Dispose();
        Model.Dispose();
    }

    private static PolicyLearnerOptions LearnerOptions(RunSettings settings, Action onMicroBatch) => new()
    {
        TrainBatchSize = settings.Rl.TrainBatchSize,
        Passes = settings.Rl.Epochs,
        MicroBatchTokens = settings.Rl.Optimizer.MicroBatchTokens,
        GradientCheckpointing = settings.Rl.Optimizer.GradientCheckpointing,
        MaxResponseTokens = settings.Rollout.Sampling.MaxNewTokens,
        SkipNonFinite = settings.Rl.SkipNonFinite,
        OnMicroBatch = onMicroBatch,
        Seed = settings.Seed,
    };
}
