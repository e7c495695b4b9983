using System.CommandLine;
using System.CommandLine.Parsing;
using R1Reward.Data.Judging;
using R1Reward.Data.Options;
using R1Reward.Data.Pairs;

namespace R1Reward.Cli.Commands;

/// <summary>
/// Options that <c>vote</c> and <c>eval</c> share: which response is shown first, how answers are read.
/// </summary>
internal static class JudgingOptions
{
    /// <summary><c>--order</c>; null where it is not given.</summary>
    public static Option<CandidateOrder?> Order(string remark) => new("--order")
    {
        Description = "random, both, as-is or gold-first (as the published evaluators have it)" + remark,
        HelpName = "ORDER",
        CustomParser = ParseOrder,
    };

    /// <summary><c>--answer</c>, strict by default.</summary>
    public static Option<AnswerReading> Answer() => new("--answer")
    {
        Description = "strict (1 or 2 in the answer tags), lenient (**2**, 2., Response 2 and tags of any case count, "
            + "an answer inside the reasoning does not) or published (as strict, without tags the last digit anywhere)",
        HelpName = "READING",
        DefaultValueFactory = _ => AnswerReading.Strict,
    };

    private static CandidateOrder? ParseOrder(ArgumentResult written)
    {
        var name = written.Tokens[0].Value;
        if (EnumNames.Values<CandidateOrder>().TryGetValue(name, out var order))
        {
            return order;
        }

        written.AddError($"--order {name}: write random, both, as-is or gold-first.");
        return null;
    }
}
