using R1Reward.Rewards.Terms.Combined;
using R1Reward.Rewards.Terms.Custom;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Judged.Rubric;
using R1Reward.Rewards.Terms.Judged.YesNo;
using R1Reward.Rewards.Terms.Length;
using R1Reward.Rewards.Terms.Maths;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Terms.QuotedText;
using R1Reward.Rewards.Terms.Remote;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Terms.Registry;

/// <summary>The types of terms: one line each. docs/rewards.md has their options.</summary>
public static class RewardTypes
{
    private static readonly Dictionary<string, Func<OptionReader, RewardFactory, IReward>> ByName = new(StringComparer.Ordinal)
    {
        ["r1"] = (options, _) => R1Term.Create(options),
        ["format"] = (options, _) => FormatTerm.Create(options),
        ["result"] = (options, _) => ResultTerm.Create(options),
        ["consistency"] = (options, _) => ConsistencyTerm.Create(options),
        ["recipe"] = RecipeTerm.Create,
        ["maths"] = (options, _) => MathsTerm.Create(options),
        ["repetition"] = (options, _) => RepetitionTerm.Create(options),
        ["overlong"] = OverlongTerm.Create,
        ["length"] = (options, _) => LengthTerm.Create(options),
        ["quoted-text"] = (options, _) => QuotedTextTerm.Create(options),
        ["rank"] = RankTerm.Create,
        ["ensemble"] = EnsembleTerm.Create,
        ["yes-no"] = YesNoTerm.Create,
        ["rubric"] = RubricTerm.Create,
        ["remote"] = RemoteTerm.Create,
        ["custom"] = CustomTerm.Create,
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>Builds an instance; null for a name that is none.</summary>
    internal static IReward? Create(string name, OptionReader options, RewardFactory factory) =>
        ByName.TryGetValue(name, out var create) ? create(options, factory) : null;
}
