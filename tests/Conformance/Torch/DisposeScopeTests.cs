using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace R1Reward.Conformance.Torch;

public sealed class DisposeScopeTests
{
    [Fact]
    public void AScopeDisposesWhatWasMadeInside()
    {
        Tensor inside, kept;
        using (var outer = NewDisposeScope())
        {
            using (var scope = NewDisposeScope())
            {
                inside = ones(2);
                kept = (inside + 1).MoveToOuterDisposeScope();
                Assert.Equal(2, scope.DisposablesCount + 1);
                Assert.True(outer.Contains(kept));
            }

            Assert.True(inside.IsInvalid);
            Assert.Equal(2f, kept[0].item<float>());
        }

        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void MovingOutOfTheOutermostScopeDetaches()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(1).MoveToOuterDisposeScope();
        }

        Assert.False(kept.IsInvalid);
        kept.Dispose();
    }

    [Fact]
    public void ADetachedTensorOutlivesEveryScopeAndMayBeAttachedAgain()
    {
        Tensor x;
        using (NewDisposeScope())
        using (NewDisposeScope())
        {
            x = ones(1).DetachFromDisposeScope();
        }

        Assert.False(x.IsInvalid);
        using (var scope = NewDisposeScope())
        {
            scope.Attach(x);
        }

        Assert.True(x.IsInvalid);
    }

    [Fact]
    public void DisposeEverythingButKeepsTheNamedInTheScope()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(1), ones(1));

        scope.DisposeEverythingBut(b);

        Assert.True(a.IsInvalid);
        Assert.False(b.IsInvalid);
        Assert.Equal([b], scope.DisposablesView);
    }

    [Fact]
    public void ADisposedTensorThrowsOnUseAndMayBeDisposedTwice()
    {
        var x = ones(1);
        x.Dispose();
        x.Dispose();

        Assert.True(x.IsInvalid);
        var error = Assert.Throws<InvalidOperationException>(() => x + 1);
        Assert.Equal("Tensor invalid -- empty handle.", error.Message);
        Assert.Throws<InvalidOperationException>(() => x.shape);
    }

    [Fact]
    public void ADisposedScopeThrowsOnUse()
    {
        var scope = NewDisposeScope();
        scope.Dispose();
        scope.Dispose();

        Assert.Throws<ObjectDisposedException>(() => scope.DisposablesCount);
        using var x = ones(1);
        Assert.Throws<ObjectDisposedException>(() => scope.Detach(x));
    }

    [Fact]
    public void OnlyTensorsCanBeAttached()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<InvalidOperationException>(() => scope.Attach(new MemoryStream()));
    }

    [Fact]
    public void ScopesMayBeDisposedOutOfOrder()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        var x = ones(1);

        outer.Dispose();
        Assert.False(x.IsInvalid);
        Assert.Same(inner, CurrentDisposeScope);
        inner.Dispose();
        Assert.True(x.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void ScopesBelongToTheirThread()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = CurrentDisposeScope is null ? ones(1) : null);
        thread.Start();
        thread.Join();

        Assert.NotNull(elsewhere);
        Assert.False(scope.Contains(elsewhere));
        elsewhere.Dispose();
    }

    [Fact]
    public void AParameterTakesTheHandleAndThePlaceInTheScope()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);

        var parameter = new Parameter(data);

        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad && parameter.is_leaf);
        Assert.True(scope.Contains(parameter));
        Assert.False(scope.Contains(data));
    }

    [Fact]
    public void RepeatedWorkInScopesLeavesNoLiveTensors()
    {
        var weight = new Parameter(ones(3, 3));
        Work(weight);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 50; i++)
        {
            Work(weight);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(Tensor.PeakCount >= Tensor.TotalCount);
        weight.Dispose();
    }

    private static void Work(Parameter weight)
    {
        using var scope = NewDisposeScope();
        var x = ones(4, 3);
        var y = nn.functional.linear(x, weight)[1.., TensorIndex.Ellipsis].softmax(-1);
        var (values, _) = y.max(1);
        values.sum().backward();
        foreach (var part in y.split(1))
        {
            part.add(1f);
        }

        weight.grad = null;
    }
}
