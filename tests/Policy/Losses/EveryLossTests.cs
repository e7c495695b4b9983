using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Losses;

/// <summary>Numbers worked out by hand and gradients by finite differences, for every policy loss.</summary>
public sealed class EveryLossTests
{
    private static readonly double[,] LogProbs = { { -1.0, -2.0, -0.5, -1.3 }, { -0.1, -3.0, -2.0, -0.7 } };
    private static readonly double[,] Old = { { -1.1, -1.5, -3.0, -1.25 }, { -0.25, -3.05, -1.0, -0.9 } };
    private static readonly double[,] Mask = { { 1, 1, 1, 1 }, { 1, 1, 1, 0 } };
    private static readonly double[,] TokenAdvantages = { { 1, 1, -1, 0.3 }, { -0.5, 0.5, -0.5, -2 } };
    private static readonly double[,] RowAdvantages = { { 0.9, 0.9, 0.9, 0.9 }, { -0.5, -0.5, -0.5, -0.5 } };

    // Weights without a gradient of their own (CISPO, VESPO) make differences of the loss another function than its
    // gradient.
    public static TheoryData<string> Differentiable() => [.. All.Keys.Where(name => name is not ("cispo" or "vespo"))];

    internal static Dictionary<string, IPolicyLoss> All { get; } = new()
    {
        ["stable-reinforce"] = new StableReinforceLoss(0.2, 5),
        ["ppo"] = new PpoClipLoss(),
        ["grpo"] = new GrpoLoss(TokenReduction.SequenceMean, 0.2, 0.28),
        ["two-sided"] = new GrpoLoss(TokenReduction.SequenceMean, 0.2, 0.28, 1.5),
        ["dapo"] = new GrpoLoss(TokenReduction.TokenMean, 0.2, 0.28),
        ["dr-grpo"] = new GrpoLoss(TokenReduction.ConstantLength),
        ["gspo"] = new GspoLoss(0.2, 0.3),
        ["luspo"] = new GspoLoss(0.2, 0.3, LengthUnbiased: true),
        ["gmpo"] = new GmpoLoss(),
        ["cispo"] = new CispoLoss(),
        ["sapo"] = new SapoLoss(),
        ["vespo"] = new VespoLoss(),
        ["cpgd"] = new CpgdLoss(),
        ["rloo"] = new RlooLoss(0.6),
    };

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradients_agree_with_finite_differences_in_float64(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var advantages in new[] { TokenAdvantages, RowAdvantages })
        {
            Tensor Loss(Tensor logProbs) => Total(All[name], logProbs, advantages);
            var leaf = Matrix(LogProbs).requires_grad_();
            Loss(leaf).backward();
            const double Width = 1e-6;
            for (var i = 0; i < 2; i++)
            {
                for (var j = 0; j < 4; j++)
                {
                    double At(double shift)
                    {
                        var moved = (double[,])LogProbs.Clone();
                        moved[i, j] += shift;
                        return Loss(Matrix(moved)).item<double>();
                    }

                    Assert.Equal((At(Width) - At(-Width)) / (2 * Width), leaf.grad![i, j].item<double>(), 1e-7);
                }
            }
        }
    }

    // A response of two tokens with ratios 2 and 1/2, log-ratios +-0.693147, advantage 1, and one of one token with
    // ratio 1, advantage -1; what each loss makes of them on paper, with the options above.
    [Theory]
    [InlineData("stable-reinforce", (-((1.2 + 0.5) / 2) + 1) / 2)]
    [InlineData("ppo", (-((1.2 + 0.5) / 2) + 1) / 2)]
    [InlineData("grpo", (-((1.28 + 0.5) / 2) + 1) / 2)]
    [InlineData("dapo", (-1.28 - 0.5 + 1) / 3)]
    [InlineData("dr-grpo", (-1.2 - 0.5 + 1) / (2 * 10.0))]
    [InlineData("gspo", (-1.0 + 1) / 2)]
    [InlineData("luspo", (-2.0 + 1) / 2)]
    [InlineData("gmpo", (-0.8636622 + 1) / 2)] // exp((0.4 - 0.693147) / 2)
    [InlineData("cispo", ((2 * 1.0) + (0.5 * 1.5) - 1.25) / 3)] // -(2 * lp1 + 0.5 * lp2), + lp3
    // 4 sigmoid(1), 4 sigmoid(-0.5), 4/1.05 sigmoid(0)
    [InlineData("sapo", (-((2.9242343 + 1.5101625) / 2) + (2 / 1.05)) / 2)]
    [InlineData("vespo", ((1.0 + 1.5) - 1.25) / 3)] // the whole ratio is 1, phi(1) = 1
    [InlineData("cpgd", ((1.6931472 - 0.1823216) + 1.5 - (2 * 1.25)) / 4)] // min(lp, old + ln 1.2) = -1.5108 and -1.5
    [InlineData("rloo", (-1.0 + 1) / 2)]
    public void A_small_batch_has_the_value_worked_out_by_hand(string name, double expected)
    {
        using var scope = NewDisposeScope();
        var (first, half) = (-1.0, -1.5);
        var tokens = new PolicyTokens(
            Matrix(new[,] { { first, half }, { -1.25, 0 } }),
            Matrix(new[,] { { first - Math.Log(2), half + Math.Log(2) }, { -1.25, 0 } }),
            Matrix(new[,] { { 1.0, 1 }, { -1, 0 } }),
            Matrix(new[,] { { 1.0, 1 }, { 1, 0 } }));
        var sizes = new TokenWeights(2, 3, 10);
        var loss = All[name];
        var ofTwo = sizes.For(loss.Reduction, 2);
        var weights = Matrix(new[,] { { ofTwo, ofTwo }, { sizes.For(loss.Reduction, 1), 0 } });
        Assert.Equal(expected, new PolicyObjective(loss).Compute(tokens, weights, 3, 0).item<double>(), 1e-6);
    }

    [Fact]
    public void A_capped_ratio_weighs_the_log_probability_and_has_no_gradient_itself()
    {
        using var scope = NewDisposeScope();
        var leaf = Matrix(new[,] { { -0.5, -1.0 } }).requires_grad_();
        var tokens = new PolicyTokens(
            leaf, Matrix(new[,] { { -3.0, -1.0 } }), Matrix(new[,] { { 2.0, 2.0 } }), Matrix(new[,] { { 1.0, 1.0 } }));
        new CispoLoss(RatioCap: 5).PerToken(tokens).sum().backward();
        Assert.Equal(-10, leaf.grad![0, 0].item<double>(), 1e-9);
        Assert.Equal(-2, leaf.grad![0, 1].item<double>(), 1e-9);
    }

    [Fact]
    public void Pieces_of_a_batch_add_up_to_the_batch()
    {
        using var scope = NewDisposeScope();
        var sizes = new TokenWeights(2, 7, 10);
        foreach (var (name, loss) in All)
        {
            var objective = new PolicyObjective(loss) { Kl = KlEstimator.K3, EntropyBonus = 0.1 };
            double Piece(int start, int count)
            {
                Tensor Part(double[,] values) => Matrix(values).narrow(0, start, count);
                var tokens = new PolicyTokens(Part(LogProbs), Part(Old), Part(RowAdvantages), Part(Mask))
                {
                    ReferenceLogProbs = Part(Old),
                    Entropies = Part(Mask),
                };
                var rows = Matrix(new[,] { { sizes.For(loss.Reduction, 4) }, { sizes.For(loss.Reduction, 3) } })
                    .narrow(0, start, count);
                return objective.Compute(tokens, rows * Part(Mask), 7, 0.2).item<double>();
            }

            Assert.True(Math.Abs(Piece(0, 2) - Piece(0, 1) - Piece(1, 1)) < 1e-9, name);
        }
    }

    [Fact]
    public void Pair_losses_have_the_values_worked_out_for_scaled_scores()
    {
        using var scope = NewDisposeScope();
        var chosen = tensor(new[] { 0.8 / 0.07, 0.6 / 0.07 }, device: CPU);
        var rejected = tensor(new[] { 0.7 / 0.07, 0.65 / 0.07 }, device: CPU);
        double Value(IPairLoss loss) => loss.PerPair(chosen, rejected).mean().item<double>();
        Assert.Equal(0.707969, Value(new BradleyTerryLoss(0.1)), 1e-6);
        Assert.Equal(0.663792, Value(new BradleyTerryLoss()), 1e-6);
        Assert.Equal(0.663792, Value(new LogExpLoss()), 1e-6);
        Assert.Equal(0.663792, Value(new HpsLoss()), 1e-6);
        Assert.Equal(0.707969 + 0.663792, Value(new HpsBradleyTerryLoss(0.1)), 1e-6);
    }

    [Fact]
    public void Losses_that_compare_pairs_have_the_values_worked_out()
    {
        using var scope = NewDisposeScope();
        double Value(IPairLoss loss, double[] chosen, double[] rejected) =>
            loss.PerPair(tensor(chosen, device: CPU), tensor(rejected, device: CPU)).mean().item<double>();
        double[] chosen = [1, 0.2];
        Assert.Equal(1.372658, Value(new ContrastiveLoss(AnchorIsNegative: true), chosen, [0.5, -0.3]), 1e-6);
        Assert.Equal(1.201696, Value(new ContrastiveLoss(), chosen, [0.5, -0.3]), 1e-6);
        Assert.Equal(0.792545, Value(new AdaptiveLoss(), chosen, [0.5, 0.6]), 1e-6);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-100)]
    public void Pair_losses_and_their_gradients_are_finite_at_gaps_of_a_hundred(double gap)
    {
        IPairLoss[] losses =
        [
            new BradleyTerryLoss(0.1), new LogExpLoss(), new HpsLoss(), new HpsBradleyTerryLoss(),
            new ContrastiveLoss(), new ContrastiveLoss(AnchorIsNegative: true), new AdaptiveLoss(),
        ];
        foreach (var loss in losses)
        {
            using var scope = NewDisposeScope();
            var chosen = tensor(new[] { (float)gap, 0 }, device: CPU).requires_grad_();
            var rejected = tensor(new[] { 0, (float)-gap }, device: CPU).requires_grad_();
            var value = loss.PerPair(chosen, rejected).mean();
            value.backward();
            Assert.True(float.IsFinite(value.item<float>()), $"{loss}: {value.item<float>()}");
            Assert.All(
                Numbers.Values(cat([chosen.grad!, rejected.grad!])),
                number => Assert.True(float.IsFinite(number), $"{loss}"));
        }
    }

    [Fact]
    public void Entropy_filters_keep_at_least_one_token_and_interpolate()
    {
        Assert.Equal([false, true, false, false], EntropyFilter.OfSequence([0.1f, 0.9f, 0.9f, 0.2f], 0.05));
        Assert.Equal([false, true, true, false], EntropyFilter.OfSequence([0.1f, 0.9f, 0.9f, 0.2f], 0.5));
        Assert.Equal(0.35, EntropyFilter.ThresholdOfBatch([0.4f, 0.1f, 0.3f, 0.2f], 0.5 / 3), 1e-6);
    }

    private static Tensor Total(IPolicyLoss loss, Tensor logProbs, double[,] advantages)
    {
        var sizes = new TokenWeights(2, 7, 10);
        var weights = Matrix(Mask)
            * Matrix(new[,] { { sizes.For(loss.Reduction, 4) }, { sizes.For(loss.Reduction, 3) } });
        return new PolicyObjective(loss)
            .Compute(new PolicyTokens(logProbs, Matrix(Old), Matrix(advantages), Matrix(Mask)), weights, 7, 0);
    }

    private static Tensor Matrix(double[,] values) =>
        tensor(values.Cast<double>().ToArray(), dtype: ScalarType.Float64, device: CPU)
            .view(values.GetLength(0), values.GetLength(1));
}
