using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Data.Options;
using R1Reward.Policy.Optimization;
using R1Reward.Rewards.Evaluators;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using Serilog;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// Makes a submitted run ready on the coordinator's node: reads its settings, its data and its journal, prepares the
/// model it starts from, and publishes the weights where it goes on.
/// </summary>
/// <param name="bulk">Where weights and batches are served.</param>
/// <param name="node">This node.</param>
/// <param name="time">The clock.</param>
/// <param name="resume">
/// Whether a run that was under way when the last coordinator went away is resumed without being submitted again.
/// </param>
internal sealed class RunFactory(BulkHub bulk, NodeSettings node, TimeProvider time, bool resume) : IRunFactory
{
    private readonly RunStore _store = new(node.RunsFolder);

    /// <inheritdoc/>
    public string Folder => node.RunsFolder;

    /// <inheritdoc/>
    public string FolderOf(string run) => Path.Combine(node.RunsFolder, run);

    /// <inheritdoc/>
    public RunCommands.Submit? Interrupted() => resume ? _store.Current() : null;

    /// <inheritdoc/>
    public void Ended(RunCommands.Submit submit) => _store.End(submit);

    /// <inheritdoc/>
    public async Task<ActiveRun> LoadAsync(RunCommands.Submit submit, CancellationToken gone)
    {
        try
        {
            _store.Begin(submit);
            return await Task.Run(() => PrepareAsync(submit, gone), CancellationToken.None);
        }
        catch (UserErrorException) when (!gone.IsCancellationRequested)
        {
            // One that was under way stays noted: what it lacks here may be back at the next start, or elsewhere.
            if (!IsUnderWay(FolderOf(submit.RunId)))
            {
                _store.End(submit);
            }

            throw;
        }
    }

    private async Task<ActiveRun> PrepareAsync(RunCommands.Submit submit, CancellationToken gone)
    {
        var settings = RunSettings.Read(Configurations.FromSubmission(submit.Settings).Reader());
        var folder = new RunFolder(FolderOf(submit.RunId));
        RefuseFinished(folder, RunProgress.From(Journal.ReadOnly(folder.Root)));
        RefuseOtherReading(folder, settings);
        var pairs = PairSources.Open(settings);
        var model = StartingModel.Prepare(settings, folder, pairs);
        pairs.Bind(model);
        if (pairs.HeldOut.Count == 0)
        {
            Log.Warning("no held-out pairs: nothing is evaluated. r1reward.data.heldout and heldout-share give some");
        }

        if (ResolvedSteps.Lines(settings, pairs) is { Length: > 0 } lines)
        {
            submit = submit with { Settings = submit.Settings + lines };
            settings = RunSettings.Read(Configurations.FromSubmission(submit.Settings).Reader());
        }

        var plan = Plan(settings, pairs);

        gone.ThrowIfCancellationRequested();

        // From here on the run is under way: this coordinator has an epoch, and one that starts later goes on from it.
        var journal = Journal.Open(folder.Root, time);
        RefuseFinished(folder, RunProgress.From(journal.Entries));
        var checkpoints = new RunCheckpoints(folder, settings.Checkpoints.Keep, bulk);
        var files = await RunFiles.OpenAsync(
            journal,
            journal.Entries,
            checkpoints,
            () => new RunRecorder(folder, settings.Name, settings.Seed, time, settings.Rewards.Watch)
            {
                Condition = EvaluationCondition.From(settings, plan.EvaluationRewards.AskJudge),
            },
            weights => bulk.IsServedAsync(weights.Blob),
            time);
        journal.Record(() =>
        {
            _store.Begin(submit);
            AtomicFile.Write(folder.Configuration, submit.Settings);
        });
        var progress = files.Progress;
        var weights = progress.Weights ?? checkpoints.Publish(progress.Checkpoint ?? model, progress.Step);
        var ledger = new WorkLedger(journal.Epoch, settings.Lease, time);
        var batches = new BatchPublisher(bulk, node.Bulk.Cache);
        var machine = files.Machine(plan, weights, pairs, ledger, batches);
        var coldStartSteps = settings.Sft.Optimizer.Steps;
        var begun = journal.Entries[0].At;
        return new ActiveRun(
            submit,
            folder.Root,
            begun,
            plan,
            coldStartSteps,
            ledger,
            machine,
            settings.Stall,
            files.Recorder,
            time,
            Groups(settings.Learners, time));
    }

    private static Dictionary<WorkKind, LearnerGroup> Groups(LearnerSettings settings, TimeProvider time)
    {
        (WorkKind Kind, int Ranks)[] all =
            [(WorkKind.Sft, settings.SftRanks), (WorkKind.Srm, settings.SrmRanks), (WorkKind.Learn, settings.Ranks)];
        return all.Where(one => one.Ranks > 1)
            .ToDictionary(one => one.Kind, Group);

        LearnerGroup Group((WorkKind Kind, int Ranks) one) => new(
            one.Ranks, settings.GatherTimeout, time, replicates: settings.Replicates && one.Kind == WorkKind.Learn);
    }

    private static bool IsUnderWay(string folder) =>
        Journal.ReadOnly(folder) is { Count: > 0 } lines && !RunProgress.From(lines).Finished;

    private static void RefuseFinished(RunFolder folder, RunProgress progress)
    {
        if (progress.Finished)
        {
            throw new UserErrorException(
                $"{folder.Root}: this run is finished. Choose another --name, or delete the folder to make it again.");
        }
    }

    // Figures of two readings would stand in one table and in one curve.
    private static void RefuseOtherReading(RunFolder folder, RunSettings settings)
    {
        const string key = "r1reward.judging.answer";
        if (Journal.ReadOnly(folder.Root).Count == 0 || !File.Exists(folder.Configuration))
        {
            return;
        }

        var begun = ConfigSource.FromFile(folder.Configuration).Config.GetString(key, "strict");
        var now = EnumNames.Dashed(settings.Rewards.Answer);
        if (begun != now)
        {
            throw new UserErrorException(
                $"{key} = {now}: this run was begun with {begun} (run folder {folder.Root}), and figures of both do "
                + "not belong into one table. Write that, or choose another --name.");
        }
    }

    // The terms are built to be looked at: a mistake in them, or data that lack what they read, ends the run here.
    private RunPlan Plan(RunSettings settings, RunPairs pairs)
    {
        using var rewards = new RunRewards(settings, options => new OpenAiJudgeClient(options, time), time);
        var prompts = (long)settings.Rl.Steps * settings.Rl.PromptsPerStep;
        rewards.Check(pairs, Math.Min(prompts, pairs.DistinctPrompts));
        return ToPlan(settings, rewards);
    }

    private static RunPlan ToPlan(RunSettings settings, RunRewards rewards) => new()
    {
        Seed = settings.Seed,
        ColdStart = settings.Sft.Enabled,
        ScalarSteps = settings.Srm.Enabled ? settings.Srm.Optimizer.Steps : 0,
        Steps = settings.Rl.Steps,
        PromptsPerStep = settings.Rl.PromptsPerStep,
        SamplesPerPrompt = settings.Rl.SamplesPerPrompt,
        MaxStaleness = settings.Rl.MaxStaleness,
        GiveUpAfter = settings.Rl.GiveUpAfter,
        LearnersHoldParts = settings.Learners is { Ranks: > 1, Replicates: false, Sharding: not Sharding.None },
        TrainingRewards = ToRewardPlan(settings, rewards, rewards.Training),
        EvaluationRewards = ToRewardPlan(settings, rewards, rewards.Evaluation),
        EvaluateEvery = settings.Eval.Every,
        VoteSamples = settings.Eval.VoteSamples,
        Ties = settings.Eval.Ties,
        EvaluateNoise = settings.Eval.Noise,
        Evaluators = EvaluatorTypes.Build(
            settings.Eval.Evaluators, "r1reward.eval.evaluators", settings.Rewards.Folder),
        CheckpointEvery = settings.Checkpoints.Every,
    };

    private static RewardPlan ToRewardPlan(RunSettings settings, RunRewards rewards, RewardSuite suite) => new()
    {
        Tags = settings.Model.Template.Tags,
        AskJudge = rewards.AskForVerdict(suite),
        Answer = settings.Rewards.Answer,
        LateTerms = suite.HasLateTerms,
        TermNames = [.. settings.Rewards.Terms.Select(term => term.Name)],
    };
}
