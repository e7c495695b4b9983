using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Actors.Coordination;

// The map of a run
//
//   pairs ─▶ [rollout] ─▶ trace ─▶ [judge] ─▶ verdict ─▶ [score] ─▶ reward ─▶ whole batch ─▶ [learn] ─▶ next weights ─┐
//     ▲                                                                                                             │
//     └──────────────────────────── next step (max-staleness 1: already during [learn]) ◀───────────────────────────┘
//
//   Loading      reads the journal                          ▶ ColdStart, or what the journal says is next
//   ColdStart    consumes pairs with judgments; produces policy version 0; one sft worker   ▶ Evaluating
//   Rolling      consumes prompts; produces traces; any number of rollout workers pull       ▶ Scoring when all are in
//   Scoring      overlaps Rolling: the traces of a prompt go on as soon as they are finished  ▶ Learning when all have rewards
//   Learning     consumes the whole batch; produces version + 1; one learner                 ▶ Publishing
//   Publishing   the new reference goes out with the next rollout work, workers fetch it     ▶ Rolling with the first trace
//   Evaluating   as Rolling and Scoring, on held-out pairs; nothing is learned               ▶ Rolling or Done
//   Done
//
//   Work in brackets is a ledger item: pulled by workers, given out again when one is lost, counted once.
//   What must survive is in the journal before the command that follows from it is in the ledger.

/// <summary>
/// The state machine of a run: what the next work is, and what each result means. Decides only: it fills the ledger,
/// and the coordinator actor carries work and results between ledger and workers.
/// </summary>
public sealed class RunMachine(
    RunPlan plan,
    RunProgress progress,
    WeightsReference start,
    IPairSource pairs,
    WorkLedger ledger,
    IJournal journal,
    IRunRecorder recorder,
    IBatchPublisher batches,
    TieRule ties,
    TimeProvider time)
{
    /// <summary>The evaluation with noise in place of pictures.</summary>
    private const string Noise = "noise";

    private readonly Dictionary<string, Action<WorkResult>> _awaited = [];
    private readonly HashSet<string> _evaluated = [.. progress.Evaluated];
    private readonly StageClock _clock = new(time);
    private WeightsReference _weights = start;
    private Sampling? _sampling;
    private Sampling? _ready;
    private Dictionary<string, double> _latest = [];
    private bool _coldStarting;
    private bool _stopping;
    private int _learning;
    private int _step = progress.Step;
    private int _savedStep = progress.Step;

    /// <summary>How the run ended; null while it goes on.</summary>
    public RunOutcome? Outcome { get; private set; }

    /// <summary>Why it ended.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Where the run is.</summary>
    public RunStage Stage =>
        Outcome is not null ? RunStage.Done
        : _coldStarting ? RunStage.ColdStart
        : _learning > 0 && (_sampling is null || _sampling.Scored == _sampling.Expected) ? RunStage.Learning
        : _sampling is null ? RunStage.Loading
        : _sampling.Step == 0 ? RunStage.Evaluating
        : _sampling.Scoring ? RunStage.Scoring
        : _sampling.Sampled == 0 && _sampling.Weights.Version.Number > 0 ? RunStage.Publishing
        : RunStage.Rolling;

    /// <summary>The update under way, or steps made so far in the cold start.</summary>
    public int Step { get; private set; }

    /// <summary>Traces of the current sampling that have their reward, and how many it has.</summary>
    public (int Done, int Expected) Items => _sampling is null ? (0, 0) : (_sampling.Scored, _sampling.Expected);

    /// <summary>Latest figures, for people to watch.</summary>
    public IReadOnlyDictionary<string, double> Latest => _latest;

    /// <summary>Puts the first work into the ledger.</summary>
    public void Start()
    {
        _clock.Enter("load");
        if (plan.ColdStart && !progress.ColdStartDone)
        {
            journal.Append(JournalKind.ColdStartBegun);
            _coldStarting = true;
            _clock.Enter("sft");
            Give("sft", new SftWork(_weights), ColdStartDone);
        }
        else
        {
            Next();
        }
    }

    /// <summary>Takes in a result that the ledger has counted.</summary>
    public void Complete(string id, WorkResult result)
    {
        if (!_awaited.Remove(id, out var then))
        {
            throw new InvalidOperationException($"result of {id}, which nothing waits for");
        }

        if (result is WeightsLost lost)
        {
            // The learner that held the newest weights is gone, and with it every update after the last checkpoint.
            journal.Append(JournalKind.RolledBack, _savedStep);
            throw new RolledBackException(_savedStep, lost.Reason);
        }

        if (result is WorkFailed failed)
        {
            End(failed.UserError ? RunOutcome.UserError : RunOutcome.Failed, failed.Message);
        }
        else if (Outcome is null)
        {
            then(result);
        }
    }

    /// <summary>Takes in figures of work in progress (the cold start's steps).</summary>
    public void Progress(string id, int step, IReadOnlyDictionary<string, double> figures)
    {
        if (_awaited.ContainsKey(id))
        {
            Step = step;
            _latest = new Dictionary<string, double>(figures);
            recorder.Metrics("sft", step, figures);
        }
    }

    /// <summary>
    /// Ends the run after the next update whose checkpoint is not ordered yet, so that no update is lost. The cold start
    /// is cancelled by the coordinator and saves itself.
    /// </summary>
    public void Stop()
    {
        _stopping = true;
        if (_sampling is { Step: 0 } && _learning == 0 && _savedStep == _step)
        {
            // An evaluation has no update to finish; it is made again when the run is taken up.
            EndStopped();
        }
    }

    private void ColdStartDone(WorkResult result)
    {
        _coldStarting = false;
        if (result is WorkStopped)
        {
            EndStopped();
            return;
        }

        var done = (SftResult)result;
        journal.Append(JournalKind.ColdStartDone, checkpoint: done.Checkpoint);
        _weights = done.Weights;
        Next();
    }

    private void Next()
    {
        if (_stopping && _savedStep == _step)
        {
            EndStopped();
        }
        else if (plan.ColdStart && _step == 0 && !_evaluated.Contains("sft"))
        {
            Evaluate("sft", 1);
        }
        else if (plan.EvaluateAfter(_step) && !_stopping && !_evaluated.Contains($"step-{_step}"))
        {
            Evaluate($"step-{_step}", 1);
        }
        else if (_step < plan.Steps)
        {
            Sample(_step + 1);
        }
        else if (!_evaluated.Contains("rl"))
        {
            Evaluate("rl", plan.VoteSamples);
        }
        else if (plan.EvaluateNoise && pairs.HeldOutNoise.Count > 0 && !_evaluated.Contains(Noise))
        {
            Evaluate(Noise, 1);
        }
        else
        {
            journal.Append(JournalKind.Finished, _step);
            End(RunOutcome.Finished, "");
        }
    }

    private void Sample(int step)
    {
        journal.Append(JournalKind.StepBegun, step);
        Step = step;
        var first = (long)(step - 1) * plan.PromptsPerStep;
        var prompts = Enumerable.Range(0, plan.PromptsPerStep).Select(i => pairs.Training(first + i)).ToList();
        Roll(new Sampling($"step-{step}", step, _weights, plan.TracesPerStep), prompts, plan.SamplesPerPrompt, "sample", Sampled);
    }

    private void Evaluate(string name, int samples)
    {
        var held = name == Noise ? pairs.HeldOutNoise : pairs.HeldOut;
        var sampling = new Sampling($"eval-{name}", 0, _weights, held.Count * samples);
        Roll(sampling, held, samples, "evaluate", done =>
        {
            _sampling = null;
            recorder.Traces(done.Name, _step, done.Samples);
            var figures = EvaluationFigures.Of(done.Samples, ties) with { LeftOut = done.LeftOut.Count };
            recorder.Evaluation(name, figures);
            journal.Append(JournalKind.Evaluated, _step, evaluation: name);
            _evaluated.Add(name);
            Next();
        });
    }

    private void Roll(Sampling sampling, IReadOnlyList<PreferencePair> prompts, int samples, string stage, Action<Sampling> then)
    {
        _clock.Enter(stage);
        _sampling = sampling;
        for (var prompt = 0; prompt < prompts.Count; prompt++)
        {
            var (pair, group) = (prompts[prompt], prompt);
            var seed = (long)CounterRandom.KeyOf(plan.Seed, sampling.Name, prompt);
            Give($"{sampling.Name}/rollout/{prompt}", new RolloutWork(pair, samples, seed, sampling.Step == 0, sampling.Weights), result =>
            {
                if (result is RolloutLeftOut { Reason: var reason })
                {
                    LeaveOut(sampling, samples, $"pair {pair.Id}: {reason}", then);
                    return;
                }

                var traces = ((RolloutResult)result).Traces;
                if (traces.Count != samples)
                {
                    throw new InvalidOperationException($"{sampling.Name}/rollout/{group}: {traces.Count} traces where {samples} were asked for");
                }

                var judged = new JudgedTrace[traces.Count];
                var open = traces.Count;
                for (var index = 0; index < traces.Count; index++)
                {
                    var at = index;
                    sampling.CountSampled();
                    Judge(sampling, at, new JudgedTrace(pair, group, traces[at], JudgmentParser.Parse(traces[at].Text)), sample =>
                    {
                        judged[at] = sample;
                        if (--open == 0)
                        {
                            Score(sampling, judged, then);
                        }
                    });
                }
            });
        }
    }

    private void LeaveOut(Sampling sampling, int samples, string reason, Action<Sampling> then)
    {
        var done = sampling.LeaveOut(samples, reason);
        recorder.LeftOut(sampling.Name, reason);
        if (sampling.Expected == 0)
        {
            End(RunOutcome.UserError, $"{sampling.Name}: none of its pairs can be shown to the model. The first: {sampling.LeftOut[0]}. Look at r1reward.data and at the files that it names.");
        }
        else if (done)
        {
            then(sampling);
        }
    }

    private void Judge(Sampling sampling, int index, JudgedTrace sample, Action<JudgedTrace> then)
    {
        // Only a reply with an analysis and a choice can be consistent or not.
        if (!(sampling.Evaluation ? plan.EvaluationConsistency : plan.Consistency) || sample.Judgment.Choice is null)
        {
            then(sample);
            return;
        }

        Give($"{sampling.Name}/judge/{sample.Group}.{index}", new JudgeWork(sample.Trace.Text), result =>
        {
            var judged = (JudgeResult)result;
            then(sample with { Verdict = judged.Verdict, JudgeReason = judged.Reason, JudgeUse = judged.Use });
        });
    }

    // The traces of a prompt are scored together: some terms compare them.
    private void Score(Sampling sampling, JudgedTrace[] group, Action<Sampling> then)
    {
        var late = sampling.Evaluation ? plan.LateEvaluationTerms : plan.LateTerms;
        Give($"{sampling.Name}/score/{group[0].Group}", Scoring(sampling, group, false), result =>
        {
            var rewards = ((ScoreResult)result).Rewards;
            if (late)
            {
                sampling.WhenSampled(() => Give($"{sampling.Name}/late/{group[0].Group}", Scoring(sampling, group, true), rest =>
                    Scored(sampling, group, [.. rewards.Zip(((ScoreResult)rest).Rewards, (one, other) => one.WithTerms(Ordered(one.Terms.Concat(other.Terms))))], then)));
            }
            else
            {
                Scored(sampling, group, rewards, then);
            }
        });
    }

    private IEnumerable<TermScore> Ordered(IEnumerable<TermScore> terms) => terms.OrderBy(term => plan.TermNames.ToList().IndexOf(term.Name));

    private static ScoreWork Scoring(Sampling sampling, JudgedTrace[] group, bool late) => new(
        group[0].Pair,
        [.. group.Select(sample => new JudgedReply(sample.Trace.Id, sample.Trace.Text, sample.Trace.Tokens.Length, sample.Verdict, sample.JudgeReason))],
        sampling.Evaluation,
        late);

    private static void Scored(Sampling sampling, JudgedTrace[] group, IReadOnlyList<RewardBreakdown> rewards, Action<Sampling> then)
    {
        if (rewards.Count != group.Length)
        {
            throw new InvalidOperationException($"{sampling.Name}: {rewards.Count} rewards for the {group.Length} traces of prompt {group[0].Group}");
        }

        var last = false;
        for (var index = 0; index < group.Length; index++)
        {
            last = sampling.Add(index, group[index] with { Reward = rewards[index] });
        }

        if (last)
        {
            then(sampling);
        }
    }

    private void Sampled(Sampling sampling)
    {
        _sampling = null;
        _ready = sampling;
        if (_learning == 0)
        {
            Learn();
        }
    }

    private void Learn()
    {
        var sampling = _ready!;
        _ready = null;
        CheckStaleness(sampling);
        _learning = sampling.Step;
        _clock.Enter("learn");
        var batch = batches.PublishBatch(ledger.Epoch, sampling.Step, sampling.Samples);
        var checkpoint = _stopping || plan.CheckpointAfter(sampling.Step);
        Give($"step-{sampling.Step}/learn", new LearnWork(sampling.Step, batch, _weights, checkpoint), result => Learned(sampling, result));
        if (plan.MaxStaleness > 0 && sampling.Step < plan.Steps && !_stopping && !plan.EvaluateAfter(sampling.Step))
        {
            Sample(sampling.Step + 1);
        }
    }

    private void Learned(Sampling sampling, WorkResult result)
    {
        _learning = 0;
        var done = (LearnResult)result;
        journal.Append(JournalKind.StepLearned, sampling.Step, done.Checkpoint);
        _step = sampling.Step;
        _savedStep = done.Checkpoint is null ? _savedStep : _step;
        _weights = done.Weights;
        _latest = StepFigures.Of(sampling.Samples, done.Metrics);
        if (sampling.LeftOut.Count > 0)
        {
            _latest["left-out"] = sampling.LeftOut.Count;
        }

        recorder.Traces(sampling.Name, _step, sampling.Samples);
        recorder.Metrics("rl", _step, _latest);
        if (_ready is not null)
        {
            Learn();
        }
        else if (_sampling is null)
        {
            Next();
        }
    }

    private void CheckStaleness(Sampling sampling)
    {
        var behind = sampling.Step - 1 - sampling.Weights.Version.Number;
        var stale = sampling.Samples.Count(sample => sample.Trace.Version != sampling.Weights.Version);
        if (behind > plan.MaxStaleness || stale > 0)
        {
            throw new InvalidOperationException(
                $"step {sampling.Step}: sampled by {sampling.Weights.Version}, {behind} updates behind (max-staleness {plan.MaxStaleness}), {stale} of {sampling.Expected} traces by other weights");
        }
    }

    private void EndStopped() => End(
        RunOutcome.Stopped,
        $"stopped {(plan.ColdStart && _step == 0 ? "in or after the cold start" : $"after step {_step}")}; the same command goes on from there");

    private void End(RunOutcome outcome, string message)
    {
        (Outcome, Message) = (outcome, message);
        _clock.Enter("done");
        foreach (var (stage, seconds) in _clock.Seconds)
        {
            recorder.Seconds(stage, seconds);
        }

        recorder.Finish();
    }

    private void Give(string id, WorkPayload payload, Action<WorkResult> then)
    {
        _awaited.Add(id, then);
        ledger.Add(id, payload);
    }
}
