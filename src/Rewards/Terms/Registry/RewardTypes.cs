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

/// <summary>The types of terms, one line each. docs/rewards.md has their options.</summary>
public static class RewardTypes
{
    private static readonly Dictionary<string, Func<OptionReader, ITermContext, IReward>> ByName =
        new(StringComparer.Ordinal)
        {
            ["r1"] = (options, _) => new R1Term(R1CompositionOptions.Read(options)),
            ["format"] = (options, _) => new FormatTerm(FormatOptions.Read(options)),
            ["result"] = (options, _) => new ResultTerm(ResultOptions.Read(options)),
            ["consistency"] = (options, _) => new ConsistencyTerm(ConsistencyOptions.Read(options)),
            ["recipe"] = (options, context) => new RecipeTerm(RecipeOptions.Read(options, context)),
            ["maths"] = (_, _) => new MathsTerm(),
            ["repetition"] = (options, _) => new RepetitionTerm(RepetitionOptions.Read(options)),
            ["overlong"] = (options, context) => new OverlongTerm(OverlongOptions.Read(options, context.Services)),
            ["length"] = (options, _) => new LengthTerm(LengthOptions.Read(options)),
            ["quoted-text"] = (_, _) => new QuotedTextTerm(),
            ["rank"] = (options, context) => new RankTerm(RankOptions.Read(options, context)),
            ["ensemble"] = (options, context) => new EnsembleTerm(EnsembleOptions.Read(options, context)),
            ["yes-no"] = (options, context) =>
                new YesNoTerm(YesNoOptions.Read(options), context.Judge(options), context.Services.Pictures),
            ["rubric"] = (options, context) =>
                new RubricTerm(RubricOptions.Read(options), context.Judge(options), context.Services.Pictures),
            ["remote"] = RemoteTerm.Create,
            ["custom"] = CustomTerm.Create,
        };

    /// <summary>The names of all types, in the order in which error messages list them.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>Builds a term; null for a name that is no type.</summary>
    internal static IReward? Create(string name, OptionReader options, ITermContext context) =>
        ByName.TryGetValue(name, out var create) ? create(options, context) : null;
}
