using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>The policy losses by name, with their options, and what is added to any of them.</summary>
internal static class ObjectiveSettings
{
    private const string Rl = "r1reward.rl.";
    private const string Own = Rl + "losses.";

    /// <summary>
    /// REINFORCE++ is the PPO clip on globally standardised returns; what it leaves out is the advantage filter.
    /// </summary>
    internal const string ReinforcePlusPlus = "reinforce-pp";

    /// <summary>Reads <c>rl.loss</c> and the keys that belong to it.</summary>
    internal static PolicyObjective Read(SettingsReader reader)
    {
        var loss = reader.OneOf(Rl + "loss", new Dictionary<string, Func<IPolicyLoss>>
        {
            ["stable-reinforce"] = () => new StableReinforceLoss(Clip(), reader.Number(Rl + "pre-clip-delta", 1.001)),
            ["ppo"] = () => new PpoClipLoss(Clip()),
            [ReinforcePlusPlus] = () => new PpoClipLoss(Clip()),
            ["cpgd"] = () => new CpgdLoss(Clip()),
            ["rloo"] = () => new RlooLoss(Clip()),
            ["grpo"] = () => Tokens(TokenReduction.SequenceMean, "grpo"),
            ["bnpo"] = () => Tokens(TokenReduction.TokenMean, "grpo"),
            ["dr-grpo"] = () => Tokens(TokenReduction.ConstantLength, "grpo"),
            ["dapo"] = () => Tokens(TokenReduction.TokenMean, "dapo"),
            ["gspo"] = () => new GspoLoss(Number("gspo.clip-low", 1), Number("gspo.clip-high")),
            ["luspo"] = () => new GspoLoss(Number("gspo.clip-low", 1), Number("gspo.clip-high"), LengthUnbiased: true),
            ["gmpo"] = () => new GmpoLoss(Number("gmpo.clip-low"), Number("gmpo.clip-high")),
            ["cispo"] = () => new CispoLoss(
                reader.Number(Own + "cispo.ratio-cap", 1),
                reader.Flag(Own + "cispo.whole-sequence")),
            ["sapo"] = () => new SapoLoss(
                reader.Number(Own + "sapo.positive-temperature", 1e-3),
                reader.Number(Own + "sapo.negative-temperature", 1e-3)),
            ["vespo"] = () => new VespoLoss(
                Number("vespo.positive-power"),
                Number("vespo.positive-decay"),
                Number("vespo.negative-power"),
                Number("vespo.negative-decay")),
        });
        var limit = reader.Number(Rl + "off-policy-limit", 0);
        var kl = reader.OneOf<KlEstimator>(Rl + "kl-estimator");
        var place = reader.OneOf<KlPlace>(Rl + "kl-in");
        var coefficient = reader.Number(Rl + "kl-coefficient", 0);
        return new PolicyObjective(loss?.Invoke() ?? new StableReinforceLoss())
        {
            Kl = place == KlPlace.Loss && coefficient > 0 ? kl : null,
            KlTimesRatio = reader.Flag(Rl + "kl-times-ratio"),
            EntropyBonus = reader.Number(Rl + "entropy-bonus", 0),
            EntropyFilter = reader.OneOf<EntropyRule>(Rl + "entropy-filter"),
            EntropyShare = reader.Number(Rl + "entropy-share", 1e-6, 1),
            OffPolicyLimit = limit > 0 ? limit : null,
        };

        double Clip() => reader.Number(Rl + "clip-eps", 0, 1);

        double Number(string key, double max = double.MaxValue) => reader.Number(Own + key, 0, max);

        GrpoLoss Tokens(TokenReduction reduction, string section)
        {
            var cap = Number(section + ".ratio-cap");
            return new GrpoLoss(
                reduction,
                Number(section + ".clip-low", 1),
                Number(section + ".clip-high"),
                cap > 0 ? cap : double.PositiveInfinity);
        }
    }

    private enum KlPlace
    {
        Reward,

        Loss,
    }
}
