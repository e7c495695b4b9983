using System.Collections.Immutable;
using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Judge;

/// <summary>What came of one question to the judge.</summary>
/// <param name="Text">The reply; null exactly when it failed.</param>
/// <param name="Failure">Why there is no reply; null when there is one.</param>
/// <param name="Attempts">HTTP requests made, retries included; 0 where none went out.</param>
/// <param name="Latency">From the question to the reply, waiting for a free slot included.</param>
public sealed record JudgeReply(string? Text, JudgeFailure? Failure, int Attempts, TimeSpan Latency)
{
    /// <summary>
    /// The reply token by token; empty where <see cref="JudgePrompt.TopLogProbs"/> is 0 or the server returns none.
    /// </summary>
    public ImmutableArray<JudgeToken> Tokens { get; init; } = [];

    /// <summary>Whether the limit of tokens ended the reply.</summary>
    public bool CutOff { get; init; }

    /// <summary>The reply for a message: its beginning and end, quoted on one line.</summary>
    internal string Excerpt => ErrorText.Quote(Text ?? "") + (CutOff ? " (cut off at judge.max-tokens)" : "");

    /// <summary>Whether the reply is one that was given before.</summary>
    public bool Cached { get; init; }
}
