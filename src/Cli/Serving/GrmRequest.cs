using R1Reward.Data.Prompts;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>A chat completion request as read.</summary>
/// <param name="Messages">The turns.</param>
/// <param name="Samples">Replies to sample: <c>n</c>, or <c>vote_k</c> of a vote.</param>
/// <param name="Vote">Whether the samples vote and one reply of the majority is given.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Seed">Seed of the samples; null: the server's next.</param>
/// <param name="Stream">Whether the reply is sent piece by piece.</param>
/// <param name="StreamUsage">Whether a stream ends with the token counts.</param>
/// <param name="LogProbs">Whether the reply has the log-probability of each of its tokens.</param>
/// <param name="TopLogProbs">How many of the likeliest tokens at each place the reply lists.</param>
internal sealed record GrmRequest(
    IReadOnlyList<ChatMessage> Messages,
    int Samples,
    bool Vote,
    SamplingOptions Sampling,
    long? Seed,
    bool Stream,
    bool StreamUsage,
    bool LogProbs,
    int TopLogProbs);
