using System.Text.RegularExpressions;

namespace R1Reward.Rewards.Terms.Maths;

/// <summary>
/// Whether two answers are the same number, tuple or text. As in the published graders (MATH, mathruler), a whole number
/// wants a whole number and a fraction wants the same fraction: 27/1 is not accepted for 27, nor 2/4 for 1/2.
/// Differences from the published grader: numbers are worked out and letters are not, so <c>x + 1</c> equals only itself.
/// </summary>
public static partial class MathsEquality
{
    // An answer longer than this is no answer, and bounds the depth of the recursion on a sampled text.
    private const int Longest = 300;

    private const double Tolerance = 1e-9;

    /// <summary>Whether an answer equals the reference. An empty one equals nothing.</summary>
    public static bool Holds(string answer, string reference)
    {
        if (answer.Length > Longest || reference.Length > Longest)
        {
            return answer == reference;
        }

        var (given, right) = (MathsNotation.Plain(answer), MathsNotation.Plain(reference));
        return given.Length > 0 && (given == right || Parts(given, right));
    }

    private static bool Parts(string given, string right)
    {
        var (answers, references) = (Split(given), Split(right));
        return answers.Length == references.Length && (answers.Length == 1 || (given[0] == right[0] && given[^1] == right[^1]))
            && answers.Zip(references).All(pair => SameValue(pair.First, pair.Second));
    }

    private static bool SameValue(string given, string right)
    {
        if (given == right)
        {
            return given.Length > 0;
        }

        if ((IsFraction(given) && IsFraction(right)) || MathsExpression.Value(given) is not { } a || MathsExpression.Value(right) is not { } b)
        {
            return false;
        }

        return IsWhole(given) == IsWhole(right) && Math.Abs(a - b) <= Tolerance * Math.Max(1.0, Math.Abs(b));
    }

    private static string[] Split(string text) =>
        text.Length > 2 && text[0] is '(' or '[' && text[^1] is ')' or ']' && text.Contains(',') ? text[1..^1].Split(',') : [text];

    private static bool IsFraction(string text) => FractionShape().IsMatch(text);

    private static bool IsWhole(string text) => WholeShape().IsMatch(text);

    [GeneratedRegex(@"\A-?[0-9]+/[0-9]+\z")]
    private static partial Regex FractionShape();

    [GeneratedRegex(@"\A[+-]?[0-9]+(\.0*)?\z")]
    private static partial Regex WholeShape();
}
