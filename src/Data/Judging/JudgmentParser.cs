using System.Text.RegularExpressions;
using R1Reward.Data.Pairs;
using R1Reward.Data.Text;

namespace R1Reward.Data.Judging;

/// <summary>
/// Reads a reply of the policy. A choice is the whole number 1 or 2 in the first pair of answer tags; without such a
/// pair the fallback rule decides. Tags that hold anything else are invalid and never fall back: the policy did
/// answer, only not with a choice (decision D7).
/// </summary>
public static partial class JudgmentParser
{
    private const string ThinkOpen = "<think>";
    private const string ThinkClose = "</think>";
    private const string AnswerOpen = "<answer>";
    private const string AnswerClose = "</answer>";

    /// <summary>The tags that a judgment is written with.</summary>
    public static IReadOnlyList<string> Tags { get; } = [ThinkOpen, ThinkClose, AnswerOpen, AnswerClose];

    /// <summary>Reads the analysis and the choice of a reply, and whether it has the strict form.</summary>
    /// <param name="reply">The whole reply.</param>
    /// <param name="fallback">Which digit counts without answer tags; read by the strict reading only.</param>
    /// <param name="answer">How an answer must be written to count.</param>
    public static Judgment Parse(
        string reply,
        FallbackRule fallback = FallbackRule.LastDigit,
        AnswerReading answer = AnswerReading.Strict)
    {
        var analysis = Analysis(reply);
        var wellFormed = IsWellFormed(reply);
        return answer == AnswerReading.Lenient
            ? Lenient(reply, analysis, wellFormed)
            : Strict(reply, fallback, analysis, wellFormed);
    }

    private static Judgment Lenient(string reply, string analysis, bool wellFormed)
    {
        var (choice, tagged) = LenientAnswer.Read(reply);
        var status = tagged ? JudgmentStatus.Tagged : JudgmentStatus.Fallback;
        return new Judgment(analysis, choice, choice is null ? JudgmentStatus.Invalid : status, wellFormed);
    }

    private static Judgment Strict(string reply, FallbackRule fallback, string analysis, bool wellFormed)
    {
        if (TaggedAnswer(reply) is { } answer)
        {
            var choice = ChoiceOf(PythonText.ToInt(answer));
            return new Judgment(
                analysis, choice, choice is null ? JudgmentStatus.Invalid : JudgmentStatus.Tagged, wellFormed);
        }

        var digit = FallbackDigit(reply, fallback);
        return new Judgment(
            analysis, ChoiceOf(digit), digit is null ? JudgmentStatus.Invalid : JudgmentStatus.Fallback, wellFormed);
    }

    /// <summary>
    /// The strict format check after trimming: a think block, at once an answer block, nothing else, exactly one
    /// opening tag of each kind; closing tags are not counted.
    /// </summary>
    public static bool IsWellFormed(string reply) => IsWellFormedAsGiven(PythonText.Strip(reply));

    /// <summary>
    /// The strict format check without trimming; like Python's <c>$</c> it overlooks one final line break.
    /// </summary>
    public static bool IsWellFormedAsGiven(string reply) =>
        Count(reply, ThinkOpen) == 1 && Count(reply, AnswerOpen) == 1 && Shape().IsMatch(reply);

    /// <summary>What stands in the first pair of answer tags, trimmed; null where there is no pair.</summary>
    public static string? TaggedAnswer(string reply, StringComparison comparison = StringComparison.Ordinal)
    {
        var start = reply.IndexOf(AnswerOpen, comparison);
        var end = start < 0 ? -1 : reply.IndexOf(AnswerClose, start + AnswerOpen.Length, comparison);
        return end < 0 ? null : PythonText.Strip(reply[(start + AnswerOpen.Length)..end]);
    }

    /// <summary>The 1 or 2 that a fallback rule finds; null where the reply has none.</summary>
    internal static int? FallbackDigit(string reply, FallbackRule rule)
    {
        var text = rule switch
        {
            FallbackRule.LastDigit => reply,
            FallbackRule.MmRlhf => reply.Split('\n').FirstOrDefault(line => line.AsSpan().ContainsAny('1', '2')) ?? "",
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
        };
        var at = text.LastIndexOfAny(['1', '2']);
        return at < 0 ? null : text[at] - '0';
    }

    private static Choice? ChoiceOf(long? number) => number is 1 or 2 ? (Choice)number : null;

    /// <summary>The text of the think block; without one the text before the answer tag, or all of it.</summary>
    private static string Analysis(string reply)
    {
        var start = reply.IndexOf(ThinkOpen, StringComparison.Ordinal);
        var body = start < 0 ? reply : reply[(start + ThinkOpen.Length)..];
        var end = start < 0 ? -1 : body.IndexOf(ThinkClose, StringComparison.Ordinal);
        end = end < 0 ? body.IndexOf(AnswerOpen, StringComparison.Ordinal) : end;
        return PythonText.Strip(end < 0 ? body : body[..end]);
    }

    private static int Count(string text, string tag)
    {
        var count = 0;
        var at = text.IndexOf(tag, StringComparison.Ordinal);
        while (at >= 0)
        {
            count++;
            at = text.IndexOf(tag, at + tag.Length, StringComparison.Ordinal);
        }

        return count;
    }

    [GeneratedRegex(
        "^<think>.*?</think><answer>.*?</answer>$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
