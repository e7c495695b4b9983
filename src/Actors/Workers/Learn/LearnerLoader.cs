using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// Makes the state that an update starts from: fresh before the first update, else from the checkpoint of the update
/// before it, or as one that another rank's state is copied into.
/// </summary>
internal static class LearnerLoader
{
    /// <summary>
    /// Loads policy, reference, critic and optimisers for the update that <paramref name="work"/> asks for.
    /// </summary>
    /// <param name="settings">The run.</param>
    /// <param name="folder">The run folder, where checkpoints are.</param>
    /// <param name="bulk">Where weights come from.</param>
    /// <param name="work">The update.</param>
    /// <param name="takesOver">Whether another rank gives it what it trains: then what it starts with counts for
    /// nothing, and no checkpoint is needed.</param>
    /// <param name="ranks">Who makes the update together.</param>
    /// <param name="onMicroBatch">Called after each micro-batch of an update.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null where the checkpoint of the update before is not there.</returns>
    /// <exception cref="IOException">The weights to begin with cannot be fetched.</exception>
    public static LearnerState? Load(
        RunSettings settings,
        RunFolder folder,
        BulkHub bulk,
        LearnWork work,
        bool takesOver,
        ICollective ranks,
        Action onMicroBatch,
        CancellationToken cancel)
    {
        var version = work.Step - 1;
        var checkpoint = version > 0 && !takesOver
            ? new TrainingCheckpoint(folder.Absolute(RunFolder.Checkpoint(version)))
            : null;
        if (checkpoint is { Exists: false })
        {
            return null;
        }

        var compute = WorkerDevice.Select(settings.Learner);
        var from = checkpoint?.Folder ?? (takesOver
            ? BeginningOf(settings, folder)
            : bulk.FolderOfAsync(work.From.Blob, cancel).GetAwaiter().GetResult());
        var inParts = ReadsInParts(settings, ranks);
        var model = inParts
            ? Checkpoint.Open(from, compute.Device, compute.DType)
            : Policy(settings, folder, from, checkpoint, compute);
        model.PositionRule = settings.Model.PositionRule;
        model.IsBatchInvariant = settings.Rollout.BatchInvariant;
        // A frozen reference is kept only where the divergence has a weight.
        var reference = settings.Rl.Kl.Initial > 0
            ? Reference(settings, folder, model, version, compute, inParts)
            : null;
        if (reference is not null)
        {
            reference.PositionRule = settings.Model.PositionRule;
            reference.IsBatchInvariant = settings.Rollout.BatchInvariant;
        }

        // The optimisers read their parts of a checkpoint only, so they have to know which.
        var optimizer = Optimizers.Adam(model, settings.Rl.Optimizer, settings.Learners.Sharding);
        optimizer.Ranks = ranks;
        if (inParts)
        {
            optimizer.TakeWeights(() => Checkpoint.LoadInto(model, from));
        }

        var saved = checkpoint?.Load(optimizer);
        var needsCritic = settings.Rl.Advantages.Estimator == AdvantageEstimator.Gae;
        var critic = needsCritic ? LoadCritic(settings, model, version, checkpoint, ranks, onMicroBatch) : null;
        var tokenizer = Tokenizer.Load(from, model.Config.VocabularySize);
        var holds = takesOver ? LearnerState.None : version;
        return new LearnerState(settings, model, reference, tokenizer, optimizer, critic, holds, saved, onMicroBatch)
        {
            Reference = reference is not null && settings.Learners.Sharding == Sharding.Parameters
                ? new FrozenParts(reference, () => Checkpoint.LoadInto(reference, BeginningOf(settings, folder)))
                : null,
            ReferenceRead = reference is not null && inParts
                ? Checkpoint.Weights(reference, BeginningOf(settings, folder))
                : null,
            Media = MediaStore.Open(from, model.Config, settings.Model.Media.Limits, settings.Model.Media.Decoding),
        };
    }

    // A critic begins as a copy of the policy.
    private static bool ReadsInParts(RunSettings settings, ICollective ranks) =>
        settings.Learners.Sharding == Sharding.Parameters && ranks.Count > 1
        && settings.Rl.Advantages.Estimator != AdvantageEstimator.Gae;

    private static CausalLM Policy(
        RunSettings settings, RunFolder folder, string from, TrainingCheckpoint? checkpoint, ComputeDevice compute)
    {
        if (settings.Model.Lora is null)
        {
            return Checkpoint.Load(from, compute.Device, compute.DType);
        }

        var adapter = checkpoint?.Folder ?? ColdStart(settings, folder);
        return TrainedModel.Load(settings, folder, StartingModel.Folder(settings, folder), adapter, compute);
    }

    /// <summary>
    /// The policy that reinforcement learning began with. Beside an adapter it is the same weights under the adapter of
    /// then, or under none.
    /// </summary>
    private static CausalLM Reference(
        RunSettings settings, RunFolder folder, CausalLM model, int version, ComputeDevice compute, bool inParts)
    {
        if (inParts)
        {
            return Checkpoint.Open(BeginningOf(settings, folder), compute.Device, compute.DType);
        }

        var coldStart = ColdStart(settings, folder);
        if (settings.Model.Lora is null)
        {
            return version > 0
                ? Checkpoint.Load(BeginningOf(settings, folder), compute.Device, compute.DType)
                : model.Clone();
        }

        var reference = model.WithoutAdapter();
        if (coldStart is not null)
        {
            LoraAdapter.Load(reference, coldStart);
        }

        return reference;
    }

    private static Critic LoadCritic(
        RunSettings settings,
        CausalLM policy,
        int version,
        TrainingCheckpoint? checkpoint,
        ICollective ranks,
        Action onMicroBatch)
    {
        var rl = settings.Rl;
        var model = checkpoint?.LoadCriticModel(policy.Device, policy.Dtype) ?? Critic.ModelFor(policy);
        model.PositionRule = policy.PositionRule;
        model.IsVisionFrozen = policy.IsVisionFrozen;
        var options = new CriticOptions
        {
            LearningRate = rl.Critic.LearningRate,
            ValueClip = rl.Critic.ValueClip,
            MaxGradientNorm = rl.Optimizer.MaxGradientNorm,
            TrainBatchSize = rl.TrainBatchSize,
            Passes = rl.Epochs,
            MicroBatchTokens = rl.Optimizer.MicroBatchTokens,
            OnMicroBatch = onMicroBatch,
            Sharding = settings.Learners.Sharding,
            Seed = settings.Seed,
        };
        var critic = new Critic(model, options) { UpdateCount = version };
        critic.Optimizer.Ranks = ranks;
        checkpoint?.LoadCriticOptimizer(critic);
        return critic;
    }

    // What reinforcement learning begins with.
    private static string BeginningOf(RunSettings settings, RunFolder folder) =>
        ColdStart(settings, folder) ?? StartingModel.Folder(settings, folder);

    private static string? ColdStart(RunSettings settings, RunFolder folder) =>
        settings.Sft.Enabled ? folder.Absolute(RunFolder.ColdStart) : null;
}
