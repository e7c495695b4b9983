using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;

namespace R1Reward.Actors.Tests.Configuration.Settings;

public sealed class ObjectiveSettingsTests
{
    public static TheoryData<string, string, IPolicyLoss> Losses() => new()
    {
        { "stable-reinforce", "pre-clip-delta = 50", new StableReinforceLoss(0.2, 50) },
        { "ppo", "clip-eps = 0.1", new PpoClipLoss(0.1) },
        { "reinforce-pp", "", new PpoClipLoss() },
        { "cpgd", "clip-eps = 0.3", new CpgdLoss(0.3) },
        { "rloo", "", new RlooLoss() },
        {
            "grpo",
            "losses.grpo { clip-low = 0.1, clip-high = 0.3, ratio-cap = 4 }",
            new GrpoLoss(TokenReduction.SequenceMean, 0.1, 0.3, 4)
        },
        { "bnpo", "", new GrpoLoss(TokenReduction.TokenMean) },
        { "dr-grpo", "", new GrpoLoss(TokenReduction.ConstantLength) },
        { "dapo", "", new GrpoLoss(TokenReduction.TokenMean, 0.2, 0.28) },
        { "gspo", "losses.gspo.clip-low = 1e-3", new GspoLoss(1e-3) },
        { "luspo", "", new GspoLoss(LengthUnbiased: true) },
        { "gmpo", "losses.gmpo.clip-high = 0.5", new GmpoLoss(0.4, 0.5) },
        { "cispo", "losses.cispo { ratio-cap = 2, whole-sequence = on }", new CispoLoss(2, true) },
        { "sapo", "losses.sapo.positive-temperature = 0.5", new SapoLoss(0.5) },
        { "vespo", "losses.vespo.negative-decay = 1", new VespoLoss(NegativeDecay: 1) },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Each_loss_has_its_name_its_options_and_the_defaults_of_its_type(
        string name, string options, IPolicyLoss expected) =>
        Assert.Equal(expected, Read($"loss = {name}\n{options}").Objective.Loss);

    [Fact]
    public void Options_of_a_loss_are_checked_where_it_is_chosen()
    {
        const string wrong = "losses.dapo.clip-low = 2";
        Read(wrong);
        Assert.Contains(
            "r1reward.rl.losses.dapo.clip-low = 2: write a number from 0 to 1",
            Assert.Throws<UserErrorException>(() => Read("loss = dapo\n" + wrong)).Message);
    }

    [Fact]
    public void The_divergence_is_in_the_reward_unless_the_loss_is_named()
    {
        Assert.Null(Read("").Objective.Kl);
        Assert.Equal(KlEstimator.K3, Read("kl-in = loss, kl-estimator = k3").Objective.Kl);
        Assert.Null(Read("kl-in = loss, kl-coefficient = 0").Objective.Kl);
    }

    [Fact]
    public void What_is_added_to_a_loss_and_what_shapes_advantages_is_off_by_default_and_read_where_set()
    {
        var plain = Read("");
        Assert.Equal(
            (false, 0.0, EntropyRule.None, null, false),
            (plain.Objective.KlTimesRatio,
             plain.Objective.EntropyBonus,
             plain.Objective.EntropyFilter,
             plain.Objective.OffPolicyLimit,
             plain.SkipNonFinite));
        Assert.Equal(new AdvantageOptions { TermWeights = plain.Advantages.TermWeights }, plain.Advantages);
        var set = Read(
            """
            kl-times-ratio = on, entropy-bonus = 0.01, entropy-filter = batch, entropy-share = 0.3
            off-policy-limit = 0.05, non-finite = skip
            estimator = dr-grpo, samples-per-prompt = 2, batch-normalisation = centre, reward-normalisation = scale
            drop-equal-groups = on, drop-truncated = on, advantage-clip = 5, group-deviation = batch-population
            """);
        Assert.Equal(
            (true, 0.01, EntropyRule.Batch, 0.3, 0.05),
            (set.Objective.KlTimesRatio,
             set.Objective.EntropyBonus,
             set.Objective.EntropyFilter,
             set.Objective.EntropyShare,
             set.Objective.OffPolicyLimit!.Value));
        Assert.True(set.SkipNonFinite);
        Assert.Equal(
            new AdvantageOptions
            {
                Estimator = AdvantageEstimator.DrGrpo,
                Batch = BatchNormalisation.Centre,
                RewardNormalisation = RewardNormalisation.Scale,
                DropEqualGroups = true,
                DropTruncated = true,
                AdvantageClip = 5,
                GroupDeviation = GroupDeviation.BatchPopulation,
                TermWeights = set.Advantages.TermWeights,
            },
            set.Advantages);
    }

    [Fact]
    public void Estimation_with_a_critic_needs_one_sample_of_a_prompt_only()
    {
        var rl = Read(
            "estimator = gae, lambda = 0.9, samples-per-prompt = 1, critic { learning-rate = 1e-3, value-clip = 0 }");
        Assert.Equal((AdvantageEstimator.Gae, 0.9), (rl.Advantages.Estimator, rl.Advantages.Lambda));
        Assert.Equal(new CriticSettings(1e-3, null), rl.Critic);
        Assert.Equal(new CriticSettings(9e-6, 0.2), Read("").Critic);
    }

    private static RlSettings Read(string rl)
    {
        var path = Path.Combine(Path.GetTempPath(), $"r1-objective-{Guid.NewGuid():N}.conf");
        File.WriteAllText(path, $"r1reward.rl {{\n{rl}\n}}\n");
        try
        {
            return RunSettings.Read(Configurations.Load(path, [], _ => null).Reader()).Rl;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
