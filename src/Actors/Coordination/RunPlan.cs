using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Evaluation;
using R1Reward.Rewards.Evaluators;

namespace R1Reward.Actors.Coordination;

/// <summary>What a run consists of, as the coordinator needs to know it.</summary>
internal sealed record RunPlan
{
    /// <summary>Seed of every random choice of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>Whether a supervised cold start comes first.</summary>
    public required bool ColdStart { get; init; }

    /// <summary>Steps of the training of a scalar reward model; 0: the run trains a judge.</summary>
    public int ScalarSteps { get; init; }

    /// <summary>Reinforcement updates; 0: none.</summary>
    public required int Steps { get; init; }

    /// <summary>Prompts of one update.</summary>
    public required int PromptsPerStep { get; init; }

    /// <summary>Samples of each training prompt.</summary>
    public required int SamplesPerPrompt { get; init; }

    /// <summary>Updates that a trace's policy may be behind when it is learned from; 0 or 1.</summary>
    public required int MaxStaleness { get; init; }

    /// <summary>Updates in a row without anything learned after which the run ends; 0: never.</summary>
    public int GiveUpAfter { get; init; }

    /// <summary>Whether each learner of several alone holds a part of what an update leaves.</summary>
    public bool LearnersHoldParts { get; init; }

    /// <summary>How traces of training come to their rewards.</summary>
    public required RewardPlan TrainingRewards { get; init; }

    /// <summary>How traces of evaluations do.</summary>
    public required RewardPlan EvaluationRewards { get; init; }

    /// <summary>Updates between two evaluations; 0: only after the cold start and at the end.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>Samples per held-out pair at the end.</summary>
    public required int VoteSamples { get; init; }

    /// <summary>What a tied vote counts as.</summary>
    public required TieRule Ties { get; init; }

    /// <summary>What computes figures of evaluations beside those that every run has.</summary>
    public IReadOnlyList<NamedEvaluator> Evaluators { get; init; } = [];

    /// <summary>Whether the end is judged once more with noise in place of pictures.</summary>
    public bool EvaluateNoise { get; init; }

    /// <summary>Updates between two checkpoints; 0: only at the end.</summary>
    public required int CheckpointEvery { get; init; }

    /// <summary>Whether an evaluation follows update <paramref name="step"/> (the last one has its own).</summary>
    public bool EvaluateAfter(int step) => EvaluateEvery > 0 && step > 0 && step % EvaluateEvery == 0 && step < Steps;

    /// <summary>Whether update <paramref name="step"/> writes a checkpoint.</summary>
    public bool CheckpointAfter(int step) => step == Steps || (CheckpointEvery > 0 && step % CheckpointEvery == 0);

    /// <summary>The kinds of work that are sure to come after update <paramref name="step"/>.</summary>
    public IEnumerable<WorkKind> Kinds(int step)
    {
        yield return WorkKind.Rollout;
        yield return WorkKind.Score;
        if (EvaluationRewards.AskJudge || (step < Steps && TrainingRewards.AskJudge))
        {
            yield return WorkKind.Judge;
        }

        if (step < Steps)
        {
            yield return WorkKind.Learn;
        }
    }

    /// <summary>
    /// Whether the traces of the next update are sampled while update <paramref name="step"/> is made, by the weights
    /// before it.
    /// </summary>
    public bool RollDuring(int step) => MaxStaleness > 0 && step < Steps && !EvaluateAfter(step);
}
