using R1Reward.Data.Pairs;

namespace R1Reward.Data.Validation;

/// <summary>How many pairs prefer which response.</summary>
/// <param name="First">Pairs whose first response is preferred.</param>
/// <param name="Second">Pairs whose second response is preferred.</param>
/// <param name="Tie">Pairs whose responses are as good as each other.</param>
/// <param name="None">Pairs of which nothing is said.</param>
public readonly record struct LabelCounts(long First, long Second, long Tie, long None)
{
    /// <summary>Share of decided pairs whose first response is preferred; null without such pairs.</summary>
    public double? FirstShare => First + Second == 0 ? null : First / (double)(First + Second);

    /// <summary>The counts with one pair more.</summary>
    internal LabelCounts And(PreferenceLabel? label) => label switch
    {
        PreferenceLabel.First => this with { First = First + 1 },
        PreferenceLabel.Second => this with { Second = Second + 1 },
        PreferenceLabel.Tie => this with { Tie = Tie + 1 },
        _ => this with { None = None + 1 },
    };
}
