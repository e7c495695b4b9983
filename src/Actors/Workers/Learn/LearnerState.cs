using R1Reward.Actors.Configuration.Settings;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>What a learner holds between updates: the step with its models and optimisers. For one thread.</summary>
internal sealed class LearnerState : IDisposable
{
    private readonly AdamW _optimizer;
    private readonly KlController _kl;
    private readonly AdvantagePipeline _advantages;
    private readonly ModelCard _card;

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

    /// <summary>Updates that are in the policy.</summary>
    public int Version { get; set; }

    /// <summary>Writes a checkpoint from which training goes on bit for bit.</summary>
    public void Save(string folder)
    {
        var state = new TrainingState(Version, _kl.Coefficient, _advantages.RewardMoments);
        new TrainingCheckpoint(folder).Save(Model, Tokenizer, _card, _optimizer, state, Step.Critic);
    }

    public void Dispose()
    {
        Step.Critic?.Dispose();
        _optimizer.Dispose();
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
