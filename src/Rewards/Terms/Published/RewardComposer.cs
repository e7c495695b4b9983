using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Terms.Published;

/// <summary>
/// Says of a scored trace what it is made of: form, choice and verdict beside the terms whose weighted sum is the
/// reward.
/// </summary>
/// <param name="form">How a verdict is valued.</param>
/// <param name="undecided">What terms without a number make of the total.</param>
public sealed class RewardComposer(
    R1Form form = R1Form.Paper, UndecidedTerms undecided = UndecidedTerms.LeaveOut)
{
    /// <summary>The breakdown of one judgment.</summary>
    /// <param name="judgment">The reply as read.</param>
    /// <param name="label">The human preference.</param>
    /// <param name="verdict">The judge's verdict; NotAsked where none was sought.</param>
    /// <param name="judgeReason">Why the judge gave no verdict, kept among the reasons; null when it gave one.</param>
    /// <param name="terms">The terms of the trace, in the order of the configuration.</param>
    public RewardBreakdown Compose(
        Judgment judgment,
        PreferenceLabel label,
        ConsistencyVerdict verdict,
        string? judgeReason,
        IEnumerable<TermScore> terms)
    {
        var result = ResultReward.Score(judgment, label);
        var components = new RewardBreakdown
        {
            Format = FormatReward.Score(judgment),
            Result = result,
            Consistency = R1Composition.Consistency(form, verdict),
            Verdict = verdict,
            Status = judgment.Status,
            Total = null,
            Undecided = undecided,
            Reasons = [.. Reasons(judgment, label, result, verdict, judgeReason)],
        };
        return components.WithTerms(terms);
    }

    private static IEnumerable<string> Reasons(
        Judgment judgment, PreferenceLabel label, double result, ConsistencyVerdict verdict, string? judgeReason)
    {
        if (!judgment.WellFormed)
        {
            yield return "format: not one think block followed at once by one answer block";
        }

        if (label == PreferenceLabel.Tie)
        {
            yield return "result: the label is a tie, so no choice is right";
        }
        else if (judgment.Choice is not { } choice)
        {
            yield return "result: unreadable, the reply names no response";
        }
        else if (result == 0.0)
        {
            yield return $"result: chose {(int)choice}, the label is {label}";
        }

        if (verdict == ConsistencyVerdict.Inconsistent)
        {
            yield return "consistency: the analysis does not support the answer";
        }
        else if (verdict == ConsistencyVerdict.Undecided)
        {
            yield return "judge: " + (judgeReason ?? "no verdict");
        }
    }
}
