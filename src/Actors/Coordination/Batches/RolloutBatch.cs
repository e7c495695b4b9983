using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>
/// The traces of one update or one evaluation on their way from prompt to reward. Each prompt goes its way by itself:
/// rollout, then the judge, then the terms. Where terms have <c>async = off</c>, a late item for each prompt computes
/// these when the traces of all prompts are sampled.
/// </summary>
/// <remarks>
/// The batch consumes prompts and the results of rollout, judge and score work, and produces traces with their rewards.
/// It waits until every prompt has its rewards or is left out. Each result unblocks it by putting the next work of its
/// prompt into the ledger.
/// </remarks>
internal sealed class RolloutBatch
{
    private readonly RewardPlan _rewards;
    private readonly WorkLedger _ledger;
    private readonly int _samples;
    private readonly PromptGroup[] _groups;
    private readonly List<PromptGroup> _awaitingAllTraces = [];
    private readonly List<string> _leftOut = [];

    /// <summary>Creates the batch; nothing is in the ledger yet.</summary>
    /// <param name="id">The update or evaluation that it is for.</param>
    /// <param name="weights">The weights to sample with.</param>
    /// <param name="pairs">The pairs, each of which makes one prompt.</param>
    /// <param name="samples">Traces of each prompt.</param>
    /// <param name="rewards">How traces come to their rewards.</param>
    /// <param name="ledger">Where its work goes.</param>
    public RolloutBatch(
        BatchId id,
        WeightsReference weights,
        IReadOnlyList<PreferencePair> pairs,
        int samples,
        RewardPlan rewards,
        WorkLedger ledger)
    {
        Id = id;
        Weights = weights;
        _rewards = rewards;
        _ledger = ledger;
        _samples = samples;
        _groups = [.. pairs.Select((pair, index) => new PromptGroup(pair, index, rewards.Tags))];
        Expected = pairs.Count * samples;
    }

    /// <summary>The update or evaluation that it is for.</summary>
    public BatchId Id { get; }

    /// <summary>The weights to sample with.</summary>
    public WeightsReference Weights { get; }

    /// <summary>Traces that belong to it, those of pairs that are left out not counted.</summary>
    public int Expected { get; private set; }

    /// <summary>Traces that are sampled.</summary>
    public int Sampled { get; private set; }

    /// <summary>Traces that have their reward.</summary>
    public int Scored { get; private set; }

    /// <summary>Whether nothing is waited for any more.</summary>
    public bool IsComplete => Scored == Expected;

    /// <summary>Pairs that cannot be shown to the model, each with its reason.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>The traces by prompt and sample, whatever the order in which they came.</summary>
    public IReadOnlyList<JudgedTrace> Traces => [.. _groups.SelectMany(group => group.Traces)];

    /// <summary>How far it is, as the run's status shows it.</summary>
    public RunStage Stage
    {
        get
        {
            if (Id.IsEvaluation)
            {
                return RunStage.Evaluating;
            }

            if (Sampled == Expected)
            {
                return RunStage.Scoring;
            }

            // Weights of version 0 were there before the first step; later ones are new to every rollout worker.
            return Sampled == 0 && Weights.Version.Number > 0 ? RunStage.Publishing : RunStage.Rolling;
        }
    }

    /// <summary>Puts the rollout of every prompt into the ledger.</summary>
    /// <param name="seed">Seed of the run: the same prompt of the same batch gives the same tokens wherever it is
    /// sampled.</param>
    public void Begin(long seed)
    {
        foreach (var group in _groups)
        {
            var key = (long)CounterRandom.KeyOf(seed, Id.ToString(), group.Index);
            var work = new RolloutWork(group.Pair, _samples, key, Id.IsEvaluation, Weights);
            _ledger.Add(WorkId.Rollout(Id, group.Index), work);
        }
    }

    /// <summary>Takes in the result of one of its items and puts what follows from it into the ledger.</summary>
    /// <exception cref="InvalidOperationException">The result does not fit the item.</exception>
    public void Complete(WorkId id, WorkResult result)
    {
        if (id.Batch != Id)
        {
            throw new InvalidOperationException($"result of {id}, which {Id} does not wait for");
        }

        var group = _groups[id.Prompt];
        switch (id.Stage, result)
        {
            case (WorkStage.Rollout, RolloutResult rollout):
                AddTraces(group, rollout.Traces);
                break;
            case (WorkStage.Rollout, RolloutLeftOut missing):
                LeaveOut(group, missing.Reason);
                break;
            case (WorkStage.Judge, JudgeResult verdict):
                AddVerdict(group, id.Sample, verdict);
                break;
            case (WorkStage.Score, ScoreResult score):
                AddRewards(group, score.Rewards);
                break;
            case (WorkStage.LateScore, ScoreResult score):
                AddLateTerms(group, score.Rewards);
                break;
            default:
                throw new InvalidOperationException($"{id}: a {result.GetType().Name} is no result of such work");
        }
    }

    private void AddTraces(PromptGroup group, IReadOnlyList<Trace> traces)
    {
        if (traces.Count != _samples)
        {
            throw new InvalidOperationException(
                $"{WorkId.Rollout(Id, group.Index)}: {traces.Count} traces where {_samples} were asked for");
        }

        group.AddTraces(traces, _rewards.Answer);
        Sampled += traces.Count;
        BeginLateTerms();
        AskJudge(group);
    }

    private void LeaveOut(PromptGroup group, string reason)
    {
        _leftOut.Add($"pair {group.Pair.Id}: {reason}");
        Expected -= _samples;
        BeginLateTerms();
    }

    private void AskJudge(PromptGroup group)
    {
        if (_rewards.AskJudge)
        {
            foreach (var sample in group.AwaitVerdicts())
            {
                _ledger.Add(WorkId.Judge(Id, group.Index, sample), new JudgeWork(group.ReplyOf(sample)));
            }
        }

        ScoreWhenJudged(group);
    }

    private void AddVerdict(PromptGroup group, int sample, JudgeResult verdict)
    {
        group.AddVerdict(sample, verdict);
        ScoreWhenJudged(group);
    }

    private void ScoreWhenJudged(PromptGroup group)
    {
        if (group.OpenVerdicts == 0)
        {
            _ledger.Add(WorkId.Score(Id, group.Index), group.ScoreWork(Id.IsEvaluation, late: false));
        }
    }

    private void AddRewards(PromptGroup group, IReadOnlyList<RewardBreakdown> rewards)
    {
        CheckCount(group, rewards);
        group.AddRewards(rewards);
        if (_rewards.LateTerms)
        {
            _awaitingAllTraces.Add(group);
            BeginLateTerms();
        }
        else
        {
            Scored += group.Traces.Count;
        }
    }

    private void BeginLateTerms()
    {
        if (Sampled < Expected)
        {
            return;
        }

        foreach (var group in _awaitingAllTraces)
        {
            _ledger.Add(WorkId.LateScore(Id, group.Index), group.ScoreWork(Id.IsEvaluation, late: true));
        }

        _awaitingAllTraces.Clear();
    }

    private void AddLateTerms(PromptGroup group, IReadOnlyList<RewardBreakdown> late)
    {
        CheckCount(group, late);
        group.AddLateTerms(late, _rewards.TermNames);
        Scored += group.Traces.Count;
    }

    private void CheckCount(PromptGroup group, IReadOnlyList<RewardBreakdown> rewards)
    {
        if (rewards.Count != group.Traces.Count)
        {
            throw new InvalidOperationException(
                $"{Id}: {rewards.Count} rewards for the {group.Traces.Count} traces of prompt {group.Index}");
        }
    }
}
