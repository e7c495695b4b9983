using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;

namespace R1Reward.Rewards.Annotation;

/// <summary>What a teacher made of a pair (R1-Reward, section on cold start and curriculum).</summary>
/// <param name="Outcome">Whether it chose as the label does.</param>
/// <param name="Tries">Replies of the teacher that were read.</param>
/// <param name="Judgment">The reply that chose rightly, in the published tags; null where none did.</param>
/// <param name="Reason">Why nothing is known of the pair; null where something is.</param>
/// <example>
/// A wrong reply, then a right one: Solved, 2 tries, the second reply; difficulty 2. Three wrong ones: Unsolved, 3
/// tries, difficulty 4. A reply that its server refuses to give: Undecided; the difficulty is unknown.
/// </example>
public sealed record Annotation(AnnotationOutcome Outcome, int Tries, string? Judgment, string? Reason)
{
    /// <summary>
    /// The tries that it took; one more than there were for a pair that was never solved; null where nothing is known.
    /// </summary>
    public int? Difficulty => Outcome switch
    {
        AnnotationOutcome.Solved => Tries,
        AnnotationOutcome.Unsolved => Tries + 1,
        _ => null,
    };

    /// <summary>
    /// The pair with the judgment to imitate, for supervised training; null where there is none, or where it is not in
    /// the form that is taught.
    /// </summary>
    public PreferencePair? ForImitation(PreferencePair pair) =>
        Judgment is { } judgment && JudgmentParser.IsWellFormed(judgment)
            ? pair with { Judgment = judgment, Difficulty = Difficulty }
            : null;

    /// <summary>
    /// The pair for reinforcement learning; null where it was solved at the first try, or nothing is known.
    /// </summary>
    public PreferencePair? ForReinforcement(PreferencePair pair) =>
        Difficulty > 1 ? pair with { Judgment = null, Difficulty = Difficulty } : null;
}
