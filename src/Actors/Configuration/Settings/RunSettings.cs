using System.Text.RegularExpressions;
using Akka.Configuration;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Optimization;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Everything a run needs to know, read once and checked; the keys are documented in reference.conf.</summary>
public sealed partial record RunSettings
{
    /// <summary>Name of the run folder.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of every random number of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>Section <c>r1reward.model</c>: what the run starts from.</summary>
    public required ModelSettings Model { get; init; }

    /// <summary>Section <c>r1reward.data</c>: where pairs come from.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>Section <c>r1reward.sft</c>: the cold start.</summary>
    public required SftSettings Sft { get; init; }

    /// <summary>Section <c>r1reward.srm</c>: the training of a scalar reward model.</summary>
    public required SrmSettings Srm { get; init; }

    /// <summary>Section <c>r1reward.rl</c>: reinforcement learning.</summary>
    public required RlSettings Rl { get; init; }

    /// <summary>Section <c>r1reward.rollout</c>: how traces are sampled.</summary>
    public required RolloutSettings Rollout { get; init; }

    /// <summary><c>r1reward.learner</c>: where updates run.</summary>
    public required DeviceSettings Learner { get; init; }

    /// <summary><c>r1reward.learner</c>: how many learners make an update together.</summary>
    public required LearnerSettings Learners { get; init; }

    /// <summary><c>r1reward.sft-worker</c>: where the cold start runs.</summary>
    public required DeviceSettings SftWorker { get; init; }

    /// <summary><c>r1reward.srm-worker</c>: where a scalar reward model is trained.</summary>
    public required DeviceSettings SrmWorker { get; init; }

    /// <summary>Section <c>r1reward.rewards</c>: how traces are rewarded.</summary>
    public required RewardSettings Rewards { get; init; }

    /// <summary>Section <c>r1reward.judge</c>: how the judge is asked.</summary>
    public required JudgeSettings Judge { get; init; }

    /// <summary>Section <c>r1reward.eval</c>: evaluation on held-out pairs.</summary>
    public required EvalSettings Eval { get; init; }

    /// <summary>Section <c>r1reward.checkpoints</c>: when checkpoints are written.</summary>
    public required CheckpointSettings Checkpoints { get; init; }

    /// <summary>Section <c>r1reward.serve</c>, which no run uses: a wrong value is told all the same.</summary>
    public required ServeSettings Serve { get; init; }

    /// <summary>How long an item stays a worker's own.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>For how long an engine may stand still before its items are left to others.</summary>
    public required TimeSpan Stall { get; init; }

    /// <summary>Reads and checks all settings.</summary>
    /// <exception cref="R1Reward.Data.UserErrorException">With every mistake, one per line.</exception>
    public static RunSettings Read(SettingsReader reader)
    {
        var settings = new RunSettings
        {
            Name = reader.Text("r1reward.run.name"),
            Seed = reader.Whole("r1reward.run.seed", 0),
            Model = ModelSettings.Read(reader),
            Data = DataSettings.Read(reader),
            Sft = SftSettings.Read(reader),
            Srm = SrmSettings.Read(reader),
            Rl = RlSettings.Read(reader),
            Rollout = RolloutSettings.Read(reader),
            Learner = DeviceSettings.Read(reader, "r1reward.learner", trains: true),
            Learners = LearnerSettings.Read(reader),
            SftWorker = DeviceSettings.Read(reader, "r1reward.sft-worker", trains: true),
            SrmWorker = DeviceSettings.Read(reader, "r1reward.srm-worker", trains: true),
            Rewards = RewardSettings.Read(reader),
            Judge = JudgeSettings.Read(reader),
            Eval = EvalSettings.Read(reader),
            Checkpoints = CheckpointSettings.Read(reader),
            Serve = ServeSettings.Read(reader),
            Lease = reader.Duration("r1reward.work.lease"),
            Stall = reader.Duration("r1reward.work.stall"),
        };
        settings = settings with
        {
            Rl = settings.Rl with
            {
                Advantages = settings.Rl.Advantages with
                {
                    Aggregation = settings.Rewards.Aggregation,
                    TermWeights = [.. settings.Rewards.Terms.Select(term => term.Weight)],
                },
            },
        };
        settings.RefuseContradictions(reader);
        reader.ThrowIfWrong();
        return settings;
    }

    /// <summary>Refuses values that are right each by itself but not beside those of other sections.</summary>
    private void RefuseContradictions(SettingsReader reader)
    {
        if (!FolderName().IsMatch(Name))
        {
            reader.Refuse("r1reward.run.name", "write a folder name of letters, digits, '-', '_' and '.'");
        }

        if (Rewards.Aggregation == RewardAggregation.Gdpo && Rl.SamplesPerPrompt < 2)
        {
            reader.Refuse(
                "r1reward.rewards.aggregation",
                "gdpo compares samples of one prompt: write 2 or more for r1reward.rl.samples-per-prompt, or sum");
        }

        foreach (var (section, length) in new[] { ("sft", Sft.Optimizer.Length), ("rl", Rl.Optimizer.Length) })
        {
            if (Data.Source == DataSource.Scenes && length.Epochs > 0)
            {
                reader.Refuse($"r1reward.{section}.num-train-epochs", "scenes have no end: write steps");
            }
        }

        if (Data.Source == DataSource.Scenes && Eval.Pairs == 0)
        {
            reader.Refuse("r1reward.eval.pairs", "scenes have no end: write how many to judge");
        }

        if (Data.Source == DataSource.Scenes && Data.EasyFirst)
        {
            reader.Refuse("r1reward.data.pass-order", "scenes have no end, and so no order: write shuffled");
        }

        if (Srm.Enabled && Rl.Optimizer.Steps > 0)
        {
            reader.Refuse(
                "r1reward.srm.enabled",
                "a run trains a scalar model or a judge: write off, or r1reward.rl.steps = 0");
        }

        if (Sft is { Enabled: true, Lesson: SftLesson.Responses } && !Srm.Enabled)
        {
            reader.Refuse(
                "r1reward.sft.lesson",
                "a judge is taught judgments: write judgments, or r1reward.srm.enabled = on for a scalar model");
        }

        if (Sft.Lesson == SftLesson.Responses && Sft.EvaluateEvery > 0)
        {
            reader.Refuse("r1reward.sft.evaluate-every", "a model that is taught responses judges nothing: write 0");
        }

        if (Srm.Enabled && Sft.Enabled && Model.Lora is not null)
        {
            reader.Refuse(
                "r1reward.model.lora.enabled",
                "a scalar model goes on from whole weights: write off, or r1reward.sft.enabled = off");
        }

        var samples = Rl.PromptsPerStep * Rl.SamplesPerPrompt;
        if (samples % Rl.TrainBatchSize != 0)
        {
            reader.Refuse(
                "r1reward.rl.train-batch-size",
                $"write a divisor of prompts-per-step * samples-per-prompt, which is {samples}");
        }

        RefusePartsOfWeightsThatAreNeeded(reader);
        RefuseIdleDevices(reader);
        RefuseMediaThatNobodyReads(reader);
    }

    private void RefusePartsOfWeightsThatAreNeeded(SettingsReader reader)
    {
        if (Learners.Sharding == Sharding.Parameters && Rollout.BatchInvariant)
        {
            reader.Refuse(
                "r1reward.learner.sharding",
                "r1reward.rollout.batch-invariant = on has each learner compute with all weights: write gradients");
        }

        if (Learners.SftSharding == Sharding.Parameters && Sft.EvaluateEvery > 0)
        {
            reader.Refuse(
                "r1reward.sft-worker.sharding",
                "with r1reward.sft.evaluate-every each worker judges with all weights: write gradients, or "
                + "evaluate-every = 0");
        }

        (string Section, Sharding Sharding)[] trains =
        [
            ("learner", Learners.Sharding), ("sft-worker", Learners.SftSharding), ("srm-worker", Learners.SrmSharding),
        ];
        foreach (var (section, _) in trains.Where(one => one.Sharding == Sharding.Parameters && Model.Lora is not null))
        {
            reader.Refuse(
                $"r1reward.{section}.sharding",
                "with r1reward.model.lora only an adapter is trained, and the weights beside it are not shared out: "
                + "write gradients");
        }
    }

    private void RefuseIdleDevices(SettingsReader reader)
    {
        (string Section, DeviceSettings Devices, int Ranks)[] trains =
        [
            ("learner", Learner, Learners.Ranks), ("sft-worker", SftWorker, Learners.SftRanks),
            ("srm-worker", SrmWorker, Learners.SrmRanks),
        ];
        foreach (var (section, devices, ranks) in trains)
        {
            if (devices.Named is { } named && named > Math.Max(1, ranks))
            {
                reader.Refuse(
                    $"r1reward.{section}.devices",
                    $"they give {named} ranks: write r1reward.{section}.ranks = {named}, or more for several hosts");
            }
        }
    }

    private void RefuseMediaThatNobodyReads(SettingsReader reader)
    {
        var form = Data.Source == DataSource.Scenes ? Data.Scenes.Form : SceneForm.Words;
        if (form == SceneForm.Image && Model.Path.Length == 0 && !Model.Init.Vision.Enabled)
        {
            reader.Refuse(
                "r1reward.model.init.vision.enabled",
                "write on: r1reward.data.scenes.as = image needs a model that sees");
        }

        if (form == SceneForm.Sound && Model.Path.Length == 0 && !Model.Init.Audio.Enabled)
        {
            reader.Refuse(
                "r1reward.model.init.audio.enabled",
                "write on: r1reward.data.scenes.as = sound needs a model that hears");
        }

        if (Sft.AlignmentSteps > 0 && form == SceneForm.Words)
        {
            reader.Refuse(
                "r1reward.sft.alignment-steps",
                "write 0: only scenes with r1reward.data.scenes.as = image or sound can be described");
        }

        if (Sft.Optimizer.Length.Epochs == 0 && Sft.AlignmentSteps > Sft.Optimizer.Steps)
        {
            reader.Refuse(
                "r1reward.sft.alignment-steps",
                $"write at most r1reward.sft.steps, which is {Sft.Optimizer.Steps}: they are the first of them");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9_.-]*\z")]
    private static partial Regex FolderName();
}
