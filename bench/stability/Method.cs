using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;

namespace R1Reward.Stability;

/// <summary>A method under test: a loss, and what is done to advantages.</summary>
/// <param name="Name">Its name in tables and on the command line.</param>
/// <param name="Loss">The surrogate.</param>
/// <param name="Advantages">Normalisation and filter.</param>
internal sealed record Method(string Name, IPolicyLoss Loss, AdvantageOptions Advantages)
{
    private static readonly AdvantageOptions Filtered = new() { Filter = AdvantageFilterRule.Paper };
    private static readonly AdvantageOptions Unfiltered = new() { Filter = AdvantageFilterRule.None };

    /// <summary>
    /// All methods that can be run. PPO here has a constant in place of a critic: the mean reward of the batch,
    /// subtracted and no more.
    /// </summary>
    internal static IReadOnlyList<Method> All { get; } =
    [
        new("stable-reinforce", new StableReinforceLoss(), Filtered),
        new("reinforce-pp", new PpoClipLoss(), Unfiltered),
        new("ppo", new PpoClipLoss(), Unfiltered with { Batch = BatchNormalisation.Centre }),
        new("pre-clip-only", new StableReinforceLoss(), Unfiltered),
        new("filter-only", new PpoClipLoss(), Filtered),
    ];

    internal static Method Get(string name) =>
        All.FirstOrDefault(method => method.Name == name)
        ?? throw new ArgumentException(
            $"no method {name}; there are {string.Join(", ", All.Select(method => method.Name))}");
}
