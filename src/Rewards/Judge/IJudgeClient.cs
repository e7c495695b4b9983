namespace R1Reward.Rewards.Judge;

/// <summary>Something that answers a judging prompt.</summary>
public interface IJudgeClient
{
    /// <summary>
    /// The reply to one prompt. An expected failure (out of reach, refused, too slow) is a <see cref="JudgeReply"/>
    /// with <see cref="JudgeReply.Failure"/> set; only cancellation by the caller throws.
    /// </summary>
    Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default);
}
