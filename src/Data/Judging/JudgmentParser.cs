using System.Text.RegularExpressions;
using R1Reward.Data.Pairs;
using R1Reward.Data.Text;

namespace R1Reward.Data.Judging;

/// <summary>
/// Reads a reply of the policy, in every place where a reply is read: rewards, metrics, votes and evaluations. A choice
/// is the whole number 1 or 2 in the first pair of answer tags, unless another reading is named; what has none is
/// unreadable and no vote (decision D7).
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
    /// <param name="answer">How an answer must be written to count.</param>
    public static Judgment Parse(string reply, AnswerReading answer = AnswerReading.Strict)
    {
        var (choice, tagged) = answer switch
        {
            AnswerReading.Strict => (Tagged(reply), true),
            AnswerReading.Lenient => LenientAnswer.Read(reply),
            AnswerReading.Published => TaggedAnswer(reply) is null
                ? (ChoiceOf(FallbackDigit(reply, FallbackRule.LastDigit)), false)
                : (Tagged(reply), true),
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, null),
        };
        var status = choice is null ? JudgmentStatus.Invalid
            : tagged ? JudgmentStatus.Tagged
            : JudgmentStatus.Fallback;
        return new Judgment(Analysis(reply), choice, status, IsWellFormed(reply));
    }

    /// <summary>
    /// The choice of an accepted answer in a data file, which people wrote and which may do without tags: <c>2</c> or
    /// <c>Response 2</c>. Null where it names none.
    /// </summary>
    public static Choice? Accepted(string answer) => LenientAnswer.Read(answer).Choice;

    /// <summary>A judgment without its analysis: from the first answer tag on. Null where there is none.</summary>
    public static string? WithoutAnalysis(string judgment) =>
        judgment.IndexOf(AnswerOpen, StringComparison.Ordinal) is >= 0 and var start ? judgment[start..] : null;

    /// <summary>
    /// The text before the answer that counts, trimmed, with its tags; all of the reply where there is none. The
    /// lenient reading passes over answers inside the reasoning.
    /// </summary>
    public static string BeforeAnswer(string reply, AnswerReading answer = AnswerReading.Strict)
    {
        var end = answer == AnswerReading.Lenient
            ? LenientAnswer.Start(reply)
            : reply.IndexOf(AnswerOpen, StringComparison.Ordinal);
        return PythonText.Strip(end < 0 ? reply : reply[..end]);
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

    private static Choice? Tagged(string reply) =>
        TaggedAnswer(reply) is { } answer ? ChoiceOf(PythonText.ToInt(answer)) : null;

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
