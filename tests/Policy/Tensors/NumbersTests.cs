using R1Reward.Policy.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Tensors;

public sealed class NumbersTests
{
    [Fact]
    public void A_number_outlives_the_native_call_whatever_the_garbage_collector_does()
    {
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using var mode = no_grad();
            using var x = zeros(1);
            for (var i = 0; i < 50_000; i++)
            {
                x.fill_(Numbers.Kept(i)).mul_(Numbers.Kept(0.5)).add_(Numbers.Kept(1.0), Numbers.One);
                Assert.Equal((i * 0.5) + 1, Numbers.Value(x));
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    [Fact]
    public void Whole_numbers_stay_whole()
    {
        using var scope = NewDisposeScope();
        var places = Numbers.Range(4, ScalarType.Int64, CPU);

        Assert.Equal([2, 3, 4, 5], places.Plus(2).data<long>().ToArray());
        Assert.Equal([1, 0, -1, -2], places.OneMinus().data<long>().ToArray());
        Assert.Equal([0, 2, 4, 6], places.Plus(places).data<long>().ToArray());
        Assert.Equal([0, 1, 4, 9], places.Squared().data<long>().ToArray());
    }

    [Fact]
    public void Fractions_are_added_as_they_are()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1.5f, -2f });

        Assert.Equal([1.75f, -1.75f], x.Plus(0.25).data<float>().ToArray());
        Assert.Equal([-0.5f, 3f], x.OneMinus().data<float>().ToArray());
        Assert.Equal(-0.5, x.sum().Value());
    }
}
