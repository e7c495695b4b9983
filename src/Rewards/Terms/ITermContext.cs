using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms;

/// <summary>What a term may ask for while it is built from its entry. Mistakes become errors of the reader.</summary>
public interface ITermContext
{
    /// <summary>What rewards need from outside.</summary>
    RewardServices Services { get; }

    /// <summary>The judge, for terms that ask one.</summary>
    IJudgeClient Judge(OptionReader options);

    /// <summary>
    /// The reward of an entry inside another term's options, which can only use rewards of one trace.
    /// </summary>
    /// <param name="reader">A reader of the entry.</param>
    /// <param name="entry">The entry.</param>
    IPointwiseReward Pointwise(OptionReader reader, JObject entry);
}
