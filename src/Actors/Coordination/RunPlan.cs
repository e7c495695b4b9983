namespace R1Reward.Actors.Coordination;

/// <summary>What a run consists of, as the coordinator needs to know it.</summary>
public sealed record RunPlan
{
    /// <summary>Seed of every random choice of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>Whether a supervised cold start comes first.</summary>
    public required bool ColdStart { get; init; }

    /// <summary>Reinforcement updates; 0: none.</summary>
    public required int Steps { get; init; }

    /// <summary>Prompts of one update.</summary>
    public required int PromptsPerStep { get; init; }

    /// <summary>Samples of each prompt.</summary>
    public required int SamplesPerPrompt { get; init; }

    /// <summary>Updates that a trace's policy may be behind when it is learned from; 0 or 1.</summary>
    public required int MaxStaleness { get; init; }

    /// <summary>Whether the judge is asked about each readable trace of training.</summary>
    public required bool Consistency { get; init; }

    /// <summary>Whether it is asked about those of evaluations.</summary>
    public required bool EvaluationConsistency { get; init; }

    /// <summary>Names of the terms of training, in the order that their weights have.</summary>
    public IReadOnlyList<string> TermNames { get; init; } = [];

    /// <summary>Whether some terms of training wait for the whole batch.</summary>
    public bool LateTerms { get; init; }

    /// <summary>Whether some terms of evaluations do.</summary>
    public bool LateEvaluationTerms { get; init; }

    /// <summary>Updates between two evaluations; 0: only after the cold start and at the end.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>Samples per held-out pair at the end.</summary>
    public required int VoteSamples { get; init; }

    /// <summary>Whether the end is judged once more with noise in place of pictures.</summary>
    public bool EvaluateNoise { get; init; }

    /// <summary>Updates between two checkpoints; 0: only at the end.</summary>
    public required int CheckpointEvery { get; init; }

    /// <summary>Traces of one update.</summary>
    public int TracesPerStep => PromptsPerStep * SamplesPerPrompt;

    /// <summary>Whether an evaluation follows update <paramref name="step"/> (the last one has its own).</summary>
    public bool EvaluateAfter(int step) => EvaluateEvery > 0 && step > 0 && step % EvaluateEvery == 0 && step < Steps;

    /// <summary>Whether update <paramref name="step"/> writes a checkpoint.</summary>
    public bool CheckpointAfter(int step) => step == Steps || (CheckpointEvery > 0 && step % CheckpointEvery == 0);
}
