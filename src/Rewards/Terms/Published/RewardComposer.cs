using System.Collections.Immutable;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Terms.Published;

/// <summary>Turns a judgment, its label and the judge's verdict into a <see cref="RewardBreakdown"/>.</summary>
public sealed class RewardComposer
{
    private readonly R1CompositionOptions _options;

    /// <summary>Creates a composer.</summary>
    public RewardComposer(R1CompositionOptions? options = null) => _options = options ?? new R1CompositionOptions();

    /// <summary>
    /// Whether a verdict can change the reward: the bonus multiplies the result, so only a correct choice needs a judge.
    /// </summary>
    public bool NeedsJudge(Judgment judgment, PreferenceLabel label) =>
        _options.ConsistencyWeight != 0.0 && ResultReward.Score(judgment, label) > 0.0;

    /// <summary>The breakdown of one judgment.</summary>
    /// <param name="judgment">The reply as read.</param>
    /// <param name="label">The human preference.</param>
    /// <param name="verdict">The judge's verdict; <see cref="ConsistencyVerdict.NotAsked"/> where none was sought.</param>
    /// <param name="judgeReason">Why the judge gave no verdict, kept among the reasons; null when it gave one.</param>
    public RewardBreakdown Compose(Judgment judgment, PreferenceLabel label, ConsistencyVerdict verdict, string? judgeReason = null)
    {
        var format = FormatReward.Score(judgment);
        var result = ResultReward.Score(judgment, label);
        return new RewardBreakdown
        {
            Format = format,
            Result = result,
            Consistency = R1Composition.Consistency(_options.Form, verdict),
            Verdict = verdict,
            Status = judgment.Status,
            Total = R1Composition.Total(_options, result, format, verdict),
            Reasons = Reasons(judgment, label, verdict, judgeReason),
        };
    }

    private static ImmutableArray<string> Reasons(Judgment judgment, PreferenceLabel label, ConsistencyVerdict verdict, string? judgeReason)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (!judgment.WellFormed)
        {
            reasons.Add("format: not one think block followed at once by one answer block");
        }

        if (label == PreferenceLabel.Tie)
        {
            reasons.Add("result: the label is a tie, so no choice is right");
        }
        else if (judgment.Status != JudgmentStatus.Tagged)
        {
            reasons.Add("result: no choice in answer tags");
        }
        else if (ResultReward.Score(judgment, label) == 0.0)
        {
            reasons.Add($"result: chose {(int)judgment.Choice!.Value}, the label is {label}");
        }

        if (verdict == ConsistencyVerdict.Inconsistent)
        {
            reasons.Add("consistency: the analysis does not support the answer");
        }
        else if (verdict == ConsistencyVerdict.Undecided)
        {
            reasons.Add("judge: " + (judgeReason ?? "no verdict"));
        }

        return reasons.ToImmutable();
    }
}
