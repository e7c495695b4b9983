using R1Reward.Policy.Optimization;
using R1Reward.Policy.Parameters;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Optimization;

public sealed class AdamWTests
{
    private const int Steps = 60;
    private const double Rate = 1e-4;

    /// <summary>
    /// One step changes 1 by 0.0001; the next bfloat16 number below 1 is 0.996, so without masters nothing would ever
    /// move.
    /// </summary>
    [Fact]
    public void Updates_below_the_spacing_of_bfloat16_add_up_in_the_float32_masters()
    {
        var (wide, narrow) = (After(ScalarType.Float32), After(ScalarType.BFloat16));
        Assert.Equal(1 - (Steps * Rate), wide, 1e-4);
        Assert.Equal(wide, narrow, 1.0 / 512);
    }

    [Fact]
    public void Small_micro_batches_add_up_in_float32_sums()
    {
        using var scope = NewDisposeScope();
        using var table = Table(ScalarType.BFloat16);
        using var optimizer = new AdamW(table, new AdamWOptions());
        for (var i = 0; i < 1000; i++)
        {
            table.Groups[0].Gradients!.fill_(1);
            optimizer.Accumulate();
        }

        // In bfloat16 the sum of ones would stop at 256.
        Assert.Equal(1000 * Math.Sqrt(table.Count), optimizer.Step(0), 1);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void An_optimiser_that_is_off_loaded_gives_the_same_weights(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var table = Table(dtype);
        using var away = Table(dtype);
        using var optimizer = new AdamW(table, new AdamWOptions { WeightDecay = 0.1 });
        using var offLoaded = new AdamW(away, new AdamWOptions { WeightDecay = 0.1, OffLoad = true });
        for (var step = 0; step < 5; step++)
        {
            foreach (var (one, own) in new[] { (table, optimizer), (away, offLoaded) })
            {
                for (var micro = 0; micro < 2; micro++)
                {
                    one.Groups[0].Gradients!.add_(step + micro - 2.5);
                    own.Accumulate();
                }

                own.Step(0.01);
            }
        }

        Assert.Equal(Numbers.Values(table.Groups[0].Values), Numbers.Values(away.Groups[0].Values));
        Assert.NotEqual(1, Numbers.Values(away.Groups[0].Values)[0]);
        Assert.Equal(
            optimizer.StateTensors().Select(one => one.Name), offLoaded.StateTensors().Select(one => one.Name));
    }

    private static float After(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var table = Table(dtype);
        using var optimizer = new AdamW(table, new AdamWOptions());
        for (var step = 0; step < Steps; step++)
        {
            table.Groups[0].Gradients!.fill_(1);
            optimizer.Accumulate();
            optimizer.Step(Rate);
        }

        return Numbers.Values(table["weight"])[0];
    }

    private static ParameterTable Table(ScalarType dtype)
    {
        var table = new ParameterTable([new ParameterSpec("weight", [2, 2], ParameterStart.Ones)], CPU, dtype);
        using var mode = no_grad();
        table.Groups[0].Values.fill_(1);
        return table;
    }
}
