using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Conformance.Torch;

public sealed class IndexingTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void NumbersSelectAndCountFromTheEnd()
    {
        var x = arange(24).view(2, 3, 4);

        Assert.Equal(6L, x[0, 1, 2].item<long>());
        Assert.Equal([3, 4], x[1].shape);
        Assert.Equal(23L, x[-1, -1, -1].item<long>());
        Assert.Equal(23L, x[^1, ^1, ^1].item<long>());
    }

    [Fact]
    public void RangesEllipsisAndNewAxesKeepPythonsMeaning()
    {
        var x = arange(24).view(2, 3, 4);

        Assert.Equal([2, 2, 4], x[.., 1..].shape);
        Assert.Equal([2, 3, 2], x[.., .., 1..^1].shape);
        Assert.Equal([2, 3], x[TensorIndex.Ellipsis, 0].shape);
        Assert.Equal([2, 1, 3, 4], x[.., TensorIndex.None].shape);
        Assert.Equal([0L, 2L], x[0, 0, TensorIndex.Slice(step: 2)].data<long>().ToArray());
        Assert.Equal([2, 3, 4], x[.., TensorIndex.Colon].shape);
    }

    [Fact]
    public void AStartCountedZeroFromTheEndIsZero()
    {
        var x = arange(4);

        Assert.Equal([0L, 1L, 2L, 3L], x[^0..].data<long>().ToArray());
    }

    [Fact]
    public void MasksAndIndexTensorsSelect()
    {
        var x = arange(6).view(2, 3);
        var columns = tensor(new long[] { 2, 0 });

        Assert.Equal([4L, 5L], x[x > 3].data<long>().ToArray());
        Assert.Equal([2L, 0L, 5L, 3L], x[.., TensorIndex.Tensor(columns)].data<long>().ToArray());
        Assert.Equal([2L, 3L], x[TensorIndex.Tensor(arange(2)), TensorIndex.Tensor(columns)].data<long>().ToArray());
        Assert.Equal([2, 2, 3], x.view(1, 2, 3).expand(4, 2, 3)[TensorIndex.Tensor(columns)].shape);
    }

    [Fact]
    public void TheSetterWritesThrough()
    {
        var x = zeros(2, 3, dtype: int64);

        x[0] = 1;
        x[1, 2] = 7;
        x[.., 1..2] = tensor(new long[] { 4, 5 }).unsqueeze(1);
        x[x == 1] = 9;

        Assert.Equal([9L, 4L, 9L, 0L, 5L, 7L], x.data<long>().ToArray());
    }

    [Fact]
    public void SelectionByIndexFollowsTheDimension()
    {
        var x = arange(6, float32).view(2, 3);
        var ids = tensor(new long[] { 2, 0 });

        Assert.Equal([2f, 0f, 5f, 3f], Values(x.index_select(1, ids)));
        Assert.Equal([2f, 3f], Values(x.gather(1, ids.unsqueeze(1)).squeeze(1)));
        Assert.Equal([1f, 0f, 2f, 1f, 0f, 2f], Values(zeros(2, 3).index_add_(1, ids, tensor(new float[] { 2, 1, 2, 1 }, [2, 2]), 1)));
        Assert.Equal([5f, 1f, 4f], Values(arange(3, float32).index_copy_(0, ids, tensor(new float[] { 4, 5 }))));
        Assert.Equal([3f, 0f, 1f], Values(zeros(3).scatter_add_(0, tensor(new long[] { 0, 2, 0 }), tensor(new float[] { 1, 1, 2 }))));
    }

    [Fact]
    public void MasksFillSelectAndScatter()
    {
        var x = arange(4, float32);
        var mask = tensor(new[] { true, false, true, false });

        Assert.Equal([-1f, 1f, -1f, 3f], Values(x.masked_fill(mask, -1)));
        Assert.Equal([0f, 2f], Values(x.masked_select(mask)));
        Assert.Equal([8f, 1f, 9f, 3f], Values(x.masked_scatter(mask, tensor(new float[] { 8, 9 }))));
        Assert.Equal([0f, 7f, 2f, 7f], Values(x.where(mask, full([], 7f))));
        Assert.Equal([1L, 3L], mask.logical_not().nonzero().squeeze(1).data<long>().ToArray());
    }

    [Fact]
    public void ShapesAreViewsWhereTheyCanBe()
    {
        var x = arange(6, float32);

        x.view(2, 3).transpose(0, 1)[0, 1] = 9;

        Assert.Equal(9f, x[3].item<float>());
        Assert.Equal([3, 2], x.view(2, 3).permute(1, 0).shape);
        Assert.Equal([2, 3], x.reshape(2, -1).shape);
        Assert.Equal([4, 6], x.expand(4, -1).shape);
        Assert.Equal([12], x.repeat(2).shape);
        Assert.Equal([1, 6, 1], x.unsqueeze(0).unsqueeze(-1).shape);
        Assert.Equal([6], x.view(1, 6, 1).squeeze().shape);
        Assert.Equal([2, 1, 3], x.view(2, 1, 3).squeeze(0).shape);
        Assert.Equal([[2], [4]], x.split([2, 4]).Select(part => part.shape));
        Assert.Equal(3, x.chunk(3).Length);
        Assert.Equal(2, x.view(2, 3).unbind().Length);
        Assert.Equal([2, 6], cat([x.unsqueeze(0), x.unsqueeze(0)]).shape);
        Assert.Equal([6, 2], stack([x, x], 1).shape);
        Assert.Equal([0f, 0f, 1f, 1f], Values(x.narrow(0, 0, 2).repeat_interleave(2)));
        Assert.Equal([0f, 0f, 2f, 9f], Values(x.narrow(0, 0, 4).view(2, 2).index_put_(zeros(1), 0, 1)));
    }

    private static float[] Values(Tensor x) => x.data<float>().ToArray();
}
