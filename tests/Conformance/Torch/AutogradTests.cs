using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace R1Reward.Conformance.Torch;

public sealed class AutogradTests : IDisposable
{
    private const double Step = 1e-6;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string> Functions => [.. Cases.Keys];

    // Scalar-valued functions of a [2, 3] float64 tensor without zeros or ties.
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Cases = new()
    {
        ["mul, add, sub"] = x => ((x * x + 2) - x / 3).sum(),
        ["division"] = x => (1 / (x + 3)).sum(),
        ["exp, log"] = x => x.exp().add(1).log().sum(),
        ["rsqrt of mean square"] = x => (x * x.square().mean([-1], true).add(1e-6).rsqrt()).pow(3).sum(),
        ["silu"] = x => nn.functional.silu(x).square().sum(),
        ["gelu tanh"] = x => nn.functional.gelu(x, GELU.Approximate.tanh).square().sum(),
        ["softmax"] = x => x.softmax(-1).square().sum(),
        ["log_softmax and gather"] = x => x.log_softmax(-1).gather(1, tensor(new long[] { 2, 0 }).unsqueeze(1)).square().sum(),
        ["logsumexp"] = x => x.logsumexp(1).square().sum(),
        ["linear"] = x => nn.functional.linear(x, arange(12, float64).view(4, 3) / 7, ones(4, dtype: float64)).square().sum(),
        ["bmm"] = x => x.view(1, 2, 3).bmm(x.view(1, 3, 2)).square().sum(),
        ["baddbmm"] = x => ones(1, 2, 2, dtype: float64).baddbmm(x.view(1, 2, 3), x.view(1, 3, 2), 0.5f, 2).square().sum(),
        ["mm"] = x => x.mm(x.t()).square().sum(),
        ["einsum"] = x => einsum("ij,kj->ik", x, x).square().sum(),
        ["layer_norm"] = x => (nn.functional.layer_norm(x, [3], ones(3, dtype: float64), null, 1e-3) * arange(6, float64).view(2, 3)).sum(),
        ["attention"] = x => nn.functional.scaled_dot_product_attention(x.view(1, 2, 3), x.view(1, 2, 3), x.view(1, 2, 3), is_casual: true).square().sum(),
        ["cross_entropy"] = x => nn.functional.cross_entropy(x, tensor(new long[] { 1, 2 })),
        ["index_select with repeats"] = x => x.index_select(0, tensor(new long[] { 1, 1, 0 })).pow(3).sum(),
        ["index_add"] = x => zeros(2, 3, dtype: float64).index_add(0, tensor(new long[] { 1, 1 }), x, 2).square().sum(),
        ["masked_fill"] = x => x.masked_fill(tensor(new[] { true, false, false }), 0).square().sum(),
        ["where"] = x => torch.where(x > 0, x * x, x * 3).sum(),
        ["cat and split"] = x => cat([x, x * 2], 1).split([1, 5], 1)[1].square().sum(),
        ["slices and transposes"] = x => (x[.., 1..].transpose(0, 1) * x[.., ..2]).sum(),
        ["max, amax, clamp"] = x => (x.max(1).values.square().sum() + x.amax([0]).pow(3).sum()) + x.clamp(min: 0).square().sum(),
        ["var, cumsum"] = x => x.var(1).sum() + x.cumsum(1).square().sum(),
        ["minimum"] = x => minimum(x.exp(), x.square()).sum(),
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void GradientsEqualFiniteDifferences(string name)
    {
        var function = Cases[name];
        var x = tensor(new double[] { 0.7, -1.2, 0.4, 2.1, -0.3, 1.6 }, [2, 3]).requires_grad_();

        function(x).backward();

        var gradient = x.grad!.data<double>().ToArray();
        for (var i = 0; i < 6; i++)
        {
            var estimate = (At(function, x, i, Step) - At(function, x, i, -Step)) / (2 * Step);
            Assert.True(Math.Abs(gradient[i] - estimate) <= 1e-5 * Math.Max(1, Math.Abs(estimate)), $"{i}: {gradient[i]} against {estimate}");
        }
    }

    [Fact]
    public void AGradientHasItsLeafsTypeWhateverTheLossHas()
    {
        var w = new Parameter(ones(2, dtype: bfloat16));

        (w.to(float32) * 2).sum().backward();

        Assert.Equal(ScalarType.BFloat16, w.grad!.dtype);
        Assert.Equal([2f, 2f], w.grad.to(float32).data<float>().ToArray());
    }

    [Fact]
    public void GradientsAccumulateUntilNulledAndComeUnderANewHandle()
    {
        var w = new Parameter(ones(2));

        (w * 3).sum().backward();
        (w * 3).sum().backward();

        Assert.Equal(6f, w.grad![0].item<float>());
        Assert.NotSame(w.grad, w.grad);
        w.grad = null;
        Assert.Null(w.grad);
    }

    [Fact]
    public void AGradientSliceOfAFlatBufferIsAccumulatedInPlace()
    {
        var flat = zeros(4);
        var w = new Parameter(ones(2)) { grad = flat.narrow(0, 1, 2) };

        (w * 3).sum().backward();
        (w * 3).sum().backward();

        Assert.Equal([0f, 6f, 6f, 0f], flat.data<float>().ToArray());
    }

    [Fact]
    public void BackwardTakesGradientsOfTheOutputsAndASetOfInputs()
    {
        var (a, b) = (ones(2).requires_grad_(), ones(2).requires_grad_());
        var y = a * b * 2;

        autograd.backward([y], [tensor(new float[] { 1, 10 })], retain_graph: true, inputs: [a]);
        Assert.Equal([2f, 20f], a.grad!.data<float>().ToArray());
        Assert.Null(b.grad);

        autograd.backward([y], [ones(2)]);
        Assert.Equal([4f, 22f], a.grad!.data<float>().ToArray());
        Assert.Equal([2f, 2f], b.grad!.data<float>().ToArray());
    }

    [Fact]
    public void CheckpointedBlocksGiveTheGradientsOfTheWhole()
    {
        var w = new Parameter(full([3, 3], 0.3f));
        Tensor Block(Tensor h) => nn.functional.silu(nn.functional.linear(h, w));
        var x = arange(6, float32).view(2, 3);
        Block(Block(x)).square().sum().backward();
        var whole = w.grad!.clone();
        w.grad = null;

        Tensor saved;
        using (no_grad())
        {
            saved = Block(x);
        }

        var h = saved.detach().requires_grad_();
        Block(h).square().sum().backward();
        autograd.backward([Block(x)], [h.grad!]);

        Assert.True(w.grad!.allclose(whole));
    }

    [Fact]
    public void ModesHoldOnTheirThreadUntilDisposed()
    {
        var w = ones(1).requires_grad_();
        using (no_grad())
        {
            Assert.False((w * 2).requires_grad);
            using (enable_grad())
            {
                Assert.True((w * 2).requires_grad);
            }

            var elsewhere = false;
            var thread = new Thread(() => elsewhere = is_grad_enabled());
            thread.Start();
            thread.Join();
            Assert.True(elsewhere);
        }

        Assert.True((w * 2).requires_grad);
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False((w * 2).requires_grad);
        }

        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void AutogradMistakesThrow()
    {
        var w = ones(2).requires_grad_();

        Assert.ThrowsAny<ExternalException>(() => (w * 2).backward());
        Assert.ThrowsAny<ExternalException>(() => w.add_(1));
        Assert.ThrowsAny<ExternalException>(() => ones(1).backward());
        Assert.ThrowsAny<ExternalException>(() => arange(2).requires_grad_());
        var y = w.sum();
        y.backward();
        var squares = (w * w).sum();
        squares.backward();
        Assert.ThrowsAny<ExternalException>(() => squares.backward());
    }

    [Fact]
    public void NonLeavesKeepTheirGradientOnRequest()
    {
        var w = ones(2).requires_grad_();
        var y = w * 3;
        y.retain_grad();

        (y * y).sum().backward();

        Assert.False(y.is_leaf);
        Assert.Equal([6f, 6f], y.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ClippingScalesAllGradientsByTheirCommonNorm()
    {
        var (a, b) = (new Parameter(ones(1)), new Parameter(ones(1)));
        (a * 3 + b * 4).sum().backward();

        Assert.Equal(5.0, nn.utils.clip_grad_norm_([a, b], 1.0), 5);

        Assert.Equal(0.6f, a.grad!.item<float>(), 4);
        Assert.Equal(0.8f, b.grad!.item<float>(), 4);
    }

    private static double At(Func<Tensor, Tensor> function, Tensor x, int index, double step)
    {
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        var moved = x.detach().clone();
        moved.view(-1)[index] += step;
        return function(moved).item<double>();
    }
}
