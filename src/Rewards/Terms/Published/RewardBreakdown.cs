using System.Collections.Immutable;
using R1Reward.Data.Judging;

namespace R1Reward.Rewards.Terms.Published;

/// <summary>What one trace earned and why.</summary>
/// <example>
/// A right choice whose judge could not be reached, paper form: format 1, result 1, verdict Undecided, consistency 0,
/// total 1.5, reasons "judge: connection refused by http://127.0.0.1:8000/v1/".
/// </example>
public sealed record RewardBreakdown
{
    /// <summary>F: 1 for a well-formed reply, else 0.</summary>
    public required double Format { get; init; }

    /// <summary>R: 1 for the preferred choice, else 0.</summary>
    public required double Result { get; init; }

    /// <summary>G as the form values the verdict: 1, 0 or -1.</summary>
    public required double Consistency { get; init; }

    /// <summary>What the consistency judge said.</summary>
    public required ConsistencyVerdict Verdict { get; init; }

    /// <summary>How the choice was found in the reply.</summary>
    public required JudgmentStatus Status { get; init; }

    /// <summary>The reward the trace is trained on; null where it is not known, which is no number.</summary>
    public required double? Total { get; init; }

    /// <summary>What terms without a number make of the total.</summary>
    public UndecidedTerms Undecided { get; init; } = UndecidedTerms.LeaveOut;

    /// <summary>The terms that make the total, in the order of the configuration.</summary>
    public ImmutableArray<TermScore> Terms { get; init; } = [];

    /// <summary>Why components are missing, one short sentence each; empty when the reward is full.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>
    /// The same breakdown with other terms and what they make together; the reasons of terms without a value join the
    /// others.
    /// </summary>
    public RewardBreakdown WithTerms(IEnumerable<TermScore> terms)
    {
        var all = terms.ToImmutableArray();
        var missing = all.Where(term => term.Value is null).Select(term => $"{term.Name}: {term.Reason}");
        return this with
        {
            Terms = all,
            Total = TermScore.Total(all, Undecided),
            Reasons = [.. Reasons.Union(missing)],
        };
    }
}
