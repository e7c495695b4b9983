using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace R1Reward.Conformance.Torch;

public sealed class FunctionalTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void AttentionIsTheSoftmaxOfScaledProducts()
    {
        var (q, k, v) = (Wave(2, 3, 4, 8), Wave(2, 3, 5, 8) + 0.1, Wave(2, 3, 5, 6));
        var scores = einsum("bhtd,bhsd->bhts", q, k) / Math.Sqrt(8);

        var plain = einsum("bhts,bhse->bhte", scores.softmax(-1), v);

        Assert.True(F.scaled_dot_product_attention(q, k, v).allclose(plain, atol: 1e-6));
    }

    [Fact]
    public void MasksRestrictAttentionAsBoolsOrAsAddends()
    {
        var x = Wave(1, 1, 4, 8);
        var allowed = ones(4, 4, dtype: @bool).tril();
        var addend = zeros(4, 4).masked_fill(allowed.logical_not(), float.NegativeInfinity);

        var causal = F.scaled_dot_product_attention(x, x, x, is_casual: true);

        Assert.True(F.scaled_dot_product_attention(x, x, x, attn_mask: allowed).allclose(causal, atol: 1e-6));
        Assert.True(F.scaled_dot_product_attention(x, x, x, attn_mask: addend).allclose(causal, atol: 1e-6));
        Assert.True(causal[0, 0, 0].allclose(x[0, 0, 0], atol: 1e-6));
        Assert.Throws<ArgumentException>(() => F.scaled_dot_product_attention(x, x, x, allowed, is_casual: true));
        Assert.Throws<ArgumentException>(() => F.scaled_dot_product_attention(x, x, x, p: -1));
    }

    [Fact]
    public void CrossEntropyIgnoresSmoothsAndReduces()
    {
        var logits = tensor(new float[] { 1, 2, 3, 3, 1, 2 }, [2, 3]);
        var targets = tensor(new long[] { 2, -100 });
        var expected = -logits.log_softmax(-1)[0, 2].item<float>();

        Assert.Equal(expected, F.cross_entropy(logits, targets).item<float>(), 5);
        Assert.Equal([expected, 0f], F.cross_entropy(logits, targets, reduction: nn.Reduction.None).data<float>().ToArray(), Close);
        Assert.NotEqual(expected, F.cross_entropy(logits, targets, label_smoothing: 0.1).item<float>(), 3);
    }

    [Fact]
    public void DropoutScalesWhatItKeepsAndIsOffOutsideTraining()
    {
        var x = ones(1000);

        var dropped = F.dropout(x, 0.5, training: true);

        Assert.All(dropped.data<float>().ToArray(), value => Assert.True(value is 0f or 2f));
        Assert.Equal(x, F.dropout(x, 0.5, training: false));
    }

    [Fact]
    public void ActivationsAndNormsFollowTheirDefinitions()
    {
        var x = Wave(2, 5);

        Assert.True(F.silu(x).allclose(x * x.sigmoid()));
        Assert.True(F.gelu(x, GELU.Approximate.tanh).allclose(x * 0.5 * (1 + ((x + x.pow(3) * 0.044715) * Math.Sqrt(2 / Math.PI)).tanh()), atol: 1e-6));
        var normal = (x - x.mean([-1], true)) / (x.var(-1, unbiased: false, keepdim: true) + 1e-5).sqrt();
        Assert.True(F.layer_norm(x, [5]).allclose(normal, atol: 1e-5));
        Assert.True(x.log_softmax(-1).exp().allclose(x.softmax(-1)));
        Assert.Equal(ScalarType.Float32, x.bfloat16().softmax(-1, float32).dtype);
    }

    [Fact]
    public void BatchedProductsAddTheirScaledInput()
    {
        var (a, b) = (Wave(2, 3, 4), Wave(2, 4, 5));
        var c = ones(2, 3, 5);

        Assert.True(c.baddbmm(a, b, beta: 2, alpha: 0.5f).allclose(c * 2 + a.bmm(b) * 0.5, atol: 1e-6));
        Assert.True(c[0].addmm(a[0], b[0]).allclose(a[0].mm(b[0]) + 1, atol: 1e-6));
    }

    private static Tensor Wave(params long[] shape) =>
        (arange(shape.Aggregate(1L, (product, length) => product * length), float32) * 0.7).sin().view(shape);

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-5f;
}
