using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>What a learner holds between updates. For one thread.</summary>
internal sealed class LearnerState : IDisposable
{
    private readonly CausalLM _reference;
    private readonly AdamW _optimizer;
    private readonly ModelCard _card;

    private LearnerState(RunSettings settings, CausalLM model, CausalLM reference, Tokenizer tokenizer, AdamW optimizer, Critic? critic, int version, TrainingState? saved)
    {
        (Model, _reference, Tokenizer, _optimizer, Critic, Version) = (model, reference, tokenizer, optimizer, critic, version);
        _card = ModelCard.Of(settings.Model);
        var rl = settings.Rl;
        HasReference = !ReferenceEquals(model, reference);
        Kl = new KlController(rl.Kl, saved?.KlCoefficient);
        Advantages = new AdvantagePipeline(rl.Advantages, saved?.RewardMoments ?? default);
        Learner = new PolicyLearner(
            model,
            reference,
            optimizer,
            Optimizers.Schedule(rl.Optimizer, rl.Steps * rl.OptimizerStepsPerUpdate),
            rl.Objective,
            new PolicyLearnerOptions
            {
                TrainBatchSize = rl.TrainBatchSize,
                Passes = rl.Epochs,
                MicroBatchTokens = rl.Optimizer.MicroBatchTokens,
                GradientCheckpointing = rl.Optimizer.GradientCheckpointing,
                MaxResponseTokens = settings.Rollout.Sampling.MaxNewTokens,
                SkipNonFinite = rl.SkipNonFinite,
                Seed = settings.Seed,
            })
        {
            UpdateCount = version,
        };
    }

    /// <summary>The policy.</summary>
    public CausalLM Model { get; }

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Its pictures and videos; null where it reads text only.</summary>
    public MediaStore? Media { get; private init; }

    /// <summary>The update rule.</summary>
    public PolicyLearner Learner { get; }

    /// <summary>The KL controller.</summary>
    public KlController Kl { get; }

    /// <summary>From rewards to advantages.</summary>
    public AdvantagePipeline Advantages { get; }

    /// <summary>The critic, where advantages need one.</summary>
    public Critic? Critic { get; }

    /// <summary>Whether a frozen reference is kept: only where the KL penalty has a weight.</summary>
    public bool HasReference { get; }

    /// <summary>Updates that are in the policy.</summary>
    public int Version { get; set; }

    /// <summary>
    /// The state that update <paramref name="work"/> starts from: fresh before the first update, else from the checkpoint
    /// of the update before; null when there is no such checkpoint.
    /// </summary>
    public static LearnerState? Restore(RunSettings settings, RunFolder folder, BulkHub bulk, LearnWork work, CancellationToken cancel)
    {
        var version = work.Step - 1;
        var checkpoint = new TrainingCheckpoint(folder.Absolute(RunFolder.Checkpoint(version)));
        if (version > 0 && !checkpoint.Exists)
        {
            return null;
        }

        var compute = WorkerDevice.Select(settings.Learner);
        var from = version > 0 ? checkpoint.Folder : bulk.FolderOfAsync(work.From.Blob, cancel).GetAwaiter().GetResult();
        var model = settings.Model.Lora is null
            ? Checkpoint.Load(from, compute.Device, compute.DType)
            : TrainedModel.Load(settings, folder, StartingModel.Folder(settings, folder), version > 0 ? checkpoint.Folder : ColdStart(settings, folder), compute);
        var reference = settings.Rl.Kl.Initial > 0 ? Reference(settings, folder, model, version, compute) : model;
        model.PositionRule = reference.PositionRule = settings.Model.PositionRule;

        var optimizer = Optimizers.Adam(model, settings.Rl.Optimizer);
        var state = version > 0 ? checkpoint.Load(optimizer) : null;
        var critic = settings.Rl.Advantages.Estimator == AdvantageEstimator.Gae ? MakeCritic(settings, model, version, version > 0 ? checkpoint : null) : null;
        return new LearnerState(settings, model, reference, Tokenizer.Load(from), optimizer, critic, version, state)
        {
            Media = MediaStore.Open(from, model.Config, settings.Model.Media.Limits, settings.Model.Media.Decoding),
        };
    }

    /// <summary>Writes a checkpoint.</summary>
    public void Save(string folder) => new TrainingCheckpoint(folder).Save(Model, Tokenizer, _card, _optimizer, new TrainingState(Version, Kl.Coefficient, Advantages.RewardMoments), Critic);

    public void Dispose()
    {
        Critic?.Dispose();
        _optimizer.Dispose();
        if (HasReference)
        {
            _reference.Dispose();
        }

        Model.Dispose();
    }

    private static Critic MakeCritic(RunSettings settings, CausalLM policy, int version, TrainingCheckpoint? saved)
    {
        var rl = settings.Rl;
        var critic = new Critic(saved?.LoadCriticModel(policy.Device, policy.Dtype) ?? Critic.ModelFor(policy), new CriticOptions
        {
            LearningRate = rl.Critic.LearningRate,
            ValueClip = rl.Critic.ValueClip,
            MaxGradientNorm = rl.Optimizer.MaxGradientNorm,
            TrainBatchSize = rl.TrainBatchSize,
            Passes = rl.Epochs,
            MicroBatchTokens = rl.Optimizer.MicroBatchTokens,
            Seed = settings.Seed,
        })
        {
            UpdateCount = version,
        };
        (critic.Model.PositionRule, critic.Model.IsVisionFrozen) = (policy.PositionRule, policy.IsVisionFrozen);
        saved?.LoadCriticOptimizer(critic);
        return critic;
    }

    /// <summary>The policy that reinforcement learning began with. Beside an adapter it is the same weights under the adapter of then, or under none.</summary>
    private static CausalLM Reference(RunSettings settings, RunFolder folder, CausalLM model, int version, ComputeDevice compute)
    {
        if (settings.Model.Lora is null)
        {
            return version > 0 ? Checkpoint.Load(FirstPolicy(settings, folder), compute.Device, compute.DType) : model.Clone();
        }

        var reference = model.WithoutAdapter();
        if (ColdStart(settings, folder) is { } adapter)
        {
            LoraAdapter.Load(reference, adapter);
        }

        return reference;
    }

    private static string? ColdStart(RunSettings settings, RunFolder folder) => settings.Sft.Enabled ? folder.Absolute(RunFolder.ColdStart) : null;

    private static string FirstPolicy(RunSettings settings, RunFolder folder) => ColdStart(settings, folder) ?? StartingModel.Folder(settings, folder);
}
