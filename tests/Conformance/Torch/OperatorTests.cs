using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Conformance.Torch;

public sealed class OperatorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ArithmeticFollowsTheOperands()
    {
        var x = tensor(new float[] { 1, 2, 4 });

        Assert.Equal([3f, 5f, 9f], Values(x * 2 + 1));
        Assert.Equal([1f, 0f, -2f], Values(2 - x));
        Assert.Equal([2f, 1f, 0.5f], Values(2 / x));
        Assert.Equal([1f, 0f, 0f], Values(x % 2));
        Assert.Equal([-1f, -2f, -4f], Values(-x));
        Assert.Equal([6f, 7f, 9f], Values(x.add(tensor(new float[] { 10, 10, 10 }), 0.5)));
        Assert.Equal([0.5f, 1f, 2f], Values(x / x.max() * 2));
    }

    [Fact]
    public void ComparisonsAreElementWiseAndNullIsTestedWithIs()
    {
        var x = tensor(new long[] { 1, 2, 3 });

        Assert.Equal([false, true, false], (x == 2).data<bool>().ToArray());
        Assert.Equal([true, false, true], (x != 2).data<bool>().ToArray());
        Assert.Equal([true, true, false], (x <= 2).data<bool>().ToArray());
        Assert.Equal([false, false, true], (2 < x).data<bool>().ToArray());
        Assert.Equal([false, true, false], ((x > 1) & ~(x > 2)).data<bool>().ToArray());
    }

    [Fact]
    public void ReductionsKeepTheirTypesAndDimensions()
    {
        var x = arange(6, float32).view(2, 3);

        Assert.Equal(15f, x.sum().item<float>());
        Assert.Equal([3f, 12f], Values(x.sum(1)));
        Assert.Equal([2, 1], x.sum(1, keepdim: true).shape);
        Assert.Equal([1f, 4f], Values(x.mean([1])));
        var (values, indexes) = x.max(1);
        Assert.Equal([2f, 5f], Values(values));
        Assert.Equal([2L, 2L], indexes.data<long>().ToArray());
        Assert.Equal([3f, 4f, 5f], Values(x.amax([0])));
        Assert.Equal([1f, 1f], Values(x.var(1)));
        Assert.Equal([2L, 2L], x.argmax(1).data<long>().ToArray());
        Assert.Equal([0f, 1f, 3f, 3f, 7f, 12f], Values(x.cumsum(1)));
        Assert.Equal(ScalarType.Int64, arange(3).sum().dtype);
        Assert.True((x >= 0).all().item<bool>());
        Assert.False((x > 9).any().item<bool>());
    }

    [Fact]
    public void OrderingReturnsValuesAndIndices()
    {
        var x = tensor(new float[] { 2, 9, 2, 7 });

        var (top, at) = x.topk(2);
        Assert.Equal([9f, 7f], Values(top));
        Assert.Equal([1L, 3L], at.data<long>().ToArray());
        var (sorted, order) = x.sort(stable: true);
        Assert.Equal([2f, 2f, 7f, 9f], Values(sorted));
        Assert.Equal([0L, 2L, 3L, 1L], order.data<long>().ToArray());
    }

    [Fact]
    public void ClampTakesEitherBound()
    {
        var x = tensor(new float[] { -2, 0.5f, 3 });

        Assert.Equal([0f, 0.5f, 3f], Values(x.clamp(min: 0)));
        Assert.Equal([-2f, 0.5f, 1f], Values(x.clamp(max: 1)));
        Assert.Equal([0f, 0.5f, 1f], Values(x.clamp(0, 1)));
    }

    [Fact]
    public void InPlaceMethodsReturnTheTensorItself()
    {
        var x = ones(3);

        Assert.Same(x, x.add_(1).mul_(3).clamp_(max: 5));
        Assert.Equal([5f, 5f, 5f], Values(x));
        Assert.Same(x, x.copy_(zeros(3)));
        Assert.Same(x, x.addcdiv_(ones(3), full([3], 4), 2));
        Assert.Equal([0.5f, 0.5f, 0.5f], Values(x));
    }

    [Fact]
    public void AShapeErrorThrowsAndLeavesTheProcessUsable()
    {
        var error = Assert.ThrowsAny<ExternalException>(() => ones(2, 3).add(ones(4, 5)));

        Assert.Contains("size of tensor a (3) must match the size of tensor b (5)", error.Message);
        Assert.ThrowsAny<ExternalException>(() => ones(2, 3).bmm(ones(2, 3)));
        Assert.ThrowsAny<ExternalException>(() => ones(2, 3).view(7));
        Assert.ThrowsAny<ExternalException>(() => ones(2).gather(0, zeros(2)));
        Assert.ThrowsAny<ExternalException>(() => ones(2).index_select(0, tensor(new long[] { 9 })));
        Assert.ThrowsAny<ExternalException>(() => nn.functional.linear(ones(2, 3), ones(4, 3, dtype: bfloat16)));
        Assert.Equal(2f, (ones(1) + 1).item<float>());
    }

    [StandInFact]
    public void ErrorsNameTheOperatorAndTheShapesInOneLine()
    {
        var error = Assert.Throws<ExternalException>(() => cat([ones(2, 3), ones(4, dtype: bfloat16)]));

        Assert.StartsWith("aten::cat(Float[2, 3], BFloat16[4]): ", error.Message);
        Assert.DoesNotContain("\n", error.Message);
        error = Assert.Throws<ExternalException>(() => autograd.backward([ones(2).requires_grad_() * 2]));
        Assert.StartsWith("backward(Float[2]): ", error.Message);
    }

    [Fact]
    public void AWrongElementTypeIsAnArgumentException()
    {
        Assert.Throws<ArgumentException>(() => ones(1).item<long>());
        Assert.Throws<ArgumentException>(() => ones(2).item<float>());
        Assert.Throws<ArgumentException>(() => ones(2).data<double>());
        Assert.Equal(1L, ones(1).ToInt64());
    }

    private static float[] Values(Tensor x) => x.data<float>().ToArray();
}
