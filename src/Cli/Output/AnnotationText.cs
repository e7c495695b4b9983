using R1Reward.Data.Judging;
using R1Reward.Data.Text;
using R1Reward.Rewards.Annotation;

namespace R1Reward.Cli.Output;

/// <summary>What a teacher made of a set of pairs, for people.</summary>
internal static class AnnotationText
{
    /// <summary>Prints how many pairs were solved at which try, and what was written where.</summary>
    /// <param name="annotations">What the teacher made of each pair.</param>
    /// <param name="sftFile">Where pairs to imitate are.</param>
    /// <param name="rlFile">Where pairs to learn on are.</param>
    public static void Print(IReadOnlyList<Annotation> annotations, string sftFile, string rlFile)
    {
        var solved = annotations.Where(one => one.Outcome == AnnotationOutcome.Solved).ToList();
        foreach (var tries in solved.GroupBy(one => one.Tries).OrderBy(group => group.Key))
        {
            Row($"solved at try {tries.Key}", tries.Count());
        }

        Row("never solved", annotations.Count(one => one.Outcome == AnnotationOutcome.Unsolved));
        var undecided = annotations.Where(one => one.Outcome == AnnotationOutcome.Undecided).ToList();
        if (undecided.Count > 0)
        {
            Row("undecided", undecided.Count);
            Console.Error.WriteLine(
                $"nothing is known of {undecided.Count} pairs, which the same command asks about again; the first: "
                + undecided[0].Reason);
        }

        var malformed = solved.Count(one => !JudgmentParser.IsWellFormed(one.Judgment!));
        if (malformed > 0)
        {
            Console.Error.WriteLine(
                $"{malformed} right judgments are not in the form of the template and are not imitated");
        }

        Console.WriteLine($"{solved.Count - malformed} pairs to imitate: {sftFile}");
        Console.WriteLine($"{annotations.Count(one => one.Difficulty > 1)} pairs to learn on: {rlFile}");

        void Row(string name, int count) =>
            Console.WriteLine($"{name}: {count} ({Percent.Format(count / (double)annotations.Count)})");
    }
}
