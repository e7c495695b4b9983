using System.Text.RegularExpressions;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms.Judged.Consistency;

namespace R1Reward.Rewards.Judge.Server;

/// <summary>
/// Decides by rule whether an analysis supports an answer: it reads statements about the two responses, such as
/// <c>response 1 says 2: right</c>, <c>response 2 is not correct</c> or <c>response 1 is better</c>. Made for analyses
/// in that wording (the scenes task); anything it cannot read counts as ambiguous.
/// </summary>
/// <example>
/// "response 1 says 2: wrong, response 2 says 3: right" favours the second response; "both are fine" favours none.
/// </example>
public static partial class RuleJudge
{
    /// <summary>Whether the analysis favours exactly the response that the answer claims.</summary>
    public static bool Agrees(ConsistencyQuestion question) => Conclusion(question.AnalysisTail) switch
    {
        Choice.First => question.ClaimedAnswer == "response 1 is better",
        Choice.Second => question.ClaimedAnswer == "response 2 is better",
        _ => false,
    };

    /// <summary>
    /// The response that an analysis favours; null where it favours none or both, or contradicts itself.
    /// </summary>
    public static Choice? Conclusion(string analysis)
    {
        var favoured = new HashSet<Choice>();
        var called = new Dictionary<Choice, HashSet<bool>> { [Choice.First] = [], [Choice.Second] = [] };
        foreach (Match statement in Statement().Matches(analysis))
        {
            var response = statement.Groups["response"].Value == "1" ? Choice.First : Choice.Second;
            var negated = statement.Groups["not"].Success;
            if (statement.Groups["compared"] is { Success: true, Value: var compared })
            {
                favoured.Add((compared.ToLowerInvariant() != "worse") != negated ? response : Other(response));
            }
            else
            {
                var good = statement.Groups["called"].Value.ToLowerInvariant() is "right" or "correct";
                called[response].Add(good != negated);
            }
        }

        // One response called right and wrong is a contradiction. Both called the same says nothing about which is
        // better.
        if (called.Values.Any(verdicts => verdicts.Count == 2))
        {
            return null;
        }

        if (!called[Choice.First].SetEquals(called[Choice.Second]))
        {
            foreach (var (response, verdicts) in called)
            {
                favoured.UnionWith(verdicts.Select(good => good ? response : Other(response)));
            }
        }

        return favoured.Count == 1 ? favoured.Single() : null;
    }

    private static Choice Other(Choice choice) => choice == Choice.First ? Choice.Second : Choice.First;

    // What a response says may hold the very words looked for, so a quotation runs to its colon and never into the next
    // statement.
    [GeneratedRegex(
        @"\bresponse\s*(?<response>[12])\s*" +
        @"(?:says\b(?:(?!\bresponse\s*[12]\b)[^;\n]){0,200}?:\s*|(?:is|was)\s+|:\s*)?" +
        @"(?<not>not\s+)?(?:the\s+)?" +
        @"(?:(?<compared>better|best|worse|preferred|wins)|(?<called>right|correct|wrong|incorrect))\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Statement();
}
