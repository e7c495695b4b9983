using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Text;

namespace R1Reward.Rewards.Serving;

/// <summary>Options of <see cref="R1RewardService"/>.</summary>
public sealed record R1RewardServiceOptions
{
    /// <summary>After what the response starts in a decoded sequence. Default ChatML.</summary>
    public ResponseMarker Marker { get; init; } = ResponseMarker.Chatml;

    /// <summary>How format, result and consistency become one reward.</summary>
    public R1CompositionOptions Composition { get; init; } = new();

    /// <summary>Whether a trace is scored without its bonus when the judge is out of reach; otherwise the request fails. Default false.</summary>
    public bool WithoutBonus { get; init; }
}
