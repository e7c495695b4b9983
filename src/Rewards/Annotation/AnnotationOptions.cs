using R1Reward.Data.Judging;
using R1Reward.Data.Prompts;

namespace R1Reward.Rewards.Annotation;

/// <summary>How a teacher is asked about pairs.</summary>
public sealed record AnnotationOptions
{
    /// <summary>In whose words pairs are shown.</summary>
    public PromptTemplate Template { get; init; } = PromptTemplate.R1Pairwise;

    /// <summary>How often a pair is shown until the teacher chooses rightly. Default 3, as published.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>Sampling temperature of the teacher. Default 1, as published.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How an answer must be written to count. Default strict.</summary>
    public AnswerReading Answer { get; init; } = AnswerReading.Strict;
}
