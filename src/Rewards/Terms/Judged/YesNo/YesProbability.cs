using R1Reward.Data.Text;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Judged.YesNo;

/// <summary>
/// P(Yes) from the alternatives of a reply's first token. Neither yes nor no among them: null, where the published code
/// says 0.
/// </summary>
/// <example>Yes -0.2, No -1.9: sigmoid(1.7) = 0.8455. Only Yes: 1. Only No: 0.</example>
public static class YesProbability
{
    /// <summary>Exactly <c>Yes</c> against exactly <c>No</c>.</summary>
    public static double? Exact(IReadOnlyList<JudgeAlternative> alternatives)
    {
        double? LogProb(string word) => alternatives.FirstOrDefault(alternative => alternative.Text == word)?.LogProb;
        return (LogProb("Yes"), LogProb("No")) switch
        {
            (null, null) => null,
            (_, null) => 1.0,
            (null, _) => 0.0,
            var (yes, no) => 1.0 / (1.0 + Math.Exp(no.Value - yes.Value)),
        };
    }

    /// <summary>All spellings of yes against all spellings of no: their probabilities added up.</summary>
    public static double? Canonical(IReadOnlyList<JudgeAlternative> alternatives)
    {
        double Sum(string word) => alternatives
            .Where(alternative => PythonText.Strip(alternative.Text).Equals(word, StringComparison.OrdinalIgnoreCase))
            .Sum(alternative => Math.Exp(alternative.LogProb));
        var (yes, no) = (Sum("yes"), Sum("no"));
        return yes + no > 0 ? yes / (yes + no) : null;
    }
}
