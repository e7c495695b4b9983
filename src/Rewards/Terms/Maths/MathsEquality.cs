using System.Text.RegularExpressions;

namespace R1Reward.Rewards.Terms.Maths;

/// <summary>
/// Whether two answers are the same number, tuple or text. As in the published graders (MATH, mathruler), a whole
/// number wants a whole number and a fraction wants the same fraction: 27/1 is not accepted for 27, nor 2/4 for 1/2.
/// Differences from the published grader: numbers are worked out and letters are not, so <c>x + 1</c> equals only
/// itself.
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

        var given = MathsNotation.Plain(answer);
        var right = MathsNotation.Plain(reference);
        return given.Length > 0 && (given == right || HasSameParts(given, right));
    }

    private static bool HasSameParts(string given, string right)
    {
        var answers = Parts(given);
        var references = Parts(right);
        if (answers.Length != references.Length)
        {
            return false;
        }

        // (1, 2) and [1, 2] are a point and an interval.
        var sameBrackets = answers.Length == 1 || (given[0] == right[0] && given[^1] == right[^1]);
        return sameBrackets && answers.Zip(references).All(pair => HasSameValue(pair.First, pair.Second));
    }

    private static bool HasSameValue(string given, string right)
    {
        if (given == right)
        {
            return given.Length > 0;
        }

        if (IsFraction(given) && IsFraction(right))
        {
            return false;
        }

        return MathsExpression.Value(given) is { } a
            && MathsExpression.Value(right) is { } b
            && IsWhole(given) == IsWhole(right)
            && Math.Abs(a - b) <= Tolerance * Math.Max(1.0, Math.Abs(b));
    }

    private static string[] Parts(string text)
    {
        var isTuple = text.Length > 2 && text[0] is '(' or '[' && text[^1] is ')' or ']' && text.Contains(',');
        return isTuple ? text[1..^1].Split(',') : [text];
    }

    private static bool IsFraction(string text) => FractionShape().IsMatch(text);

    private static bool IsWhole(string text) => WholeShape().IsMatch(text);

    [GeneratedRegex(@"\A-?[0-9]+/[0-9]+\z")]
    private static partial Regex FractionShape();

    [GeneratedRegex(@"\A[+-]?[0-9]+(\.0*)?\z")]
    private static partial Regex WholeShape();
}
