using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Losses;

public sealed class PolicyLossTests
{
    private static readonly double[,] LogProbs = { { -1.0, -2.0, -0.5 }, { -0.1, -3.0, -9.0 } };
    private static readonly double[,] Old = { { -1.1, -1.5, -20.0 }, { -0.2, -3.0, -1.0 } };
    private static readonly double[,] Advantages = { { 1, 1, -1 }, { -0.5, -0.5, -0.5 } };
    private static readonly double[,] Mask = { { 1, 1, 1 }, { 1, 1, 0 } };

    [Fact]
    public void Pre_clip_bounds_a_negative_advantage_with_a_huge_ratio()
    {
        using var scope = NewDisposeScope();
        Check(new StableReinforceLoss(0.2, 1000), 332.762766, 0.526293);
        Check(new PpoClipLoss(0.2), 98089188.11, 0.526293);
        Check(new CpgdLoss(0.2), 0.833333, -0.775);

        static void Check(IPolicyLoss loss, double first, double second)
        {
            var rows = PolicyReduction.RowMeans(loss.PerToken(Tokens()), Matrix(Mask));
            Assert.Equal(first, rows[0].item<double>(), 1e-6 * Math.Max(1, first));
            Assert.Equal(second, rows[1].item<double>(), 1e-5);
        }
    }

    [Fact]
    public void A_token_that_pre_clip_cuts_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        var logProbs = Matrix(LogProbs).requires_grad_();
        new StableReinforceLoss(0.2, 1000).PerToken(Tokens() with { LogProbs = logProbs }).sum().backward();
        Assert.Equal(0, logProbs.grad![0, 2].item<double>());
        Assert.NotEqual(0, logProbs.grad![0, 0].item<double>());
    }

    [Fact]
    public void A_row_without_counted_tokens_gives_zero_instead_of_NaN()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, PolicyReduction.RowMeans(ones(1, 3), zeros(1, 3)).item<float>());
    }

    private static PolicyTokens Tokens() => new(Matrix(LogProbs), Matrix(Old), Matrix(Advantages), Matrix(Mask));

    private static Tensor Matrix(double[,] values) =>
        tensor(values.Cast<double>().ToArray(), dtype: ScalarType.Float64, device: CPU)
            .view(values.GetLength(0), values.GetLength(1));
}
