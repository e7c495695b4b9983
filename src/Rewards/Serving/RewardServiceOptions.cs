using R1Reward.Data.Judging;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Text;

namespace R1Reward.Rewards.Serving;

/// <summary>Options of <see cref="R1RewardService"/> and <see cref="TermsService"/>.</summary>
public sealed record RewardServiceOptions
{
    /// <summary>After what the response starts in a decoded sequence. Default ChatML.</summary>
    public ResponseMarker Marker { get; init; } = ResponseMarker.Chatml;

    /// <summary>How format, result and consistency become one reward; not used by <see cref="TermsService"/>.</summary>
    public R1CompositionOptions Composition { get; init; } = new();

    /// <summary>
    /// How an answer must be written to count; not used by <see cref="R1RewardService"/>, which compares whole numbers
    /// as published. Default strict.
    /// </summary>
    public AnswerReading Answer { get; init; } = AnswerReading.Strict;

    /// <summary>
    /// Whether a trace is scored without its bonus when the judge is out of reach; otherwise the request fails.
    /// Default false.
    /// </summary>
    public bool WithoutBonus { get; init; }

    /// <summary>The response of an item; null where it brings none.</summary>
    public string? ResponseOf(RemoteItem item) =>
        item.Response ?? (item.Sequence is { } sequence ? ResponseText.Scored(Marker, sequence) : null);

    /// <summary>Whether a request fails because the judge gave no verdict.</summary>
    internal bool Fails(JudgeOutcome outcome) =>
        outcome.Failure is { } failure && (failure.NeedsUser || (failure.IsTransient && !WithoutBonus));
}
