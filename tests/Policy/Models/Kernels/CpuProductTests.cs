using R1Reward.Policy.Models.Kernels;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models.Kernels;

public sealed class CpuProductTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    public void A_layer_of_any_number_of_rows_is_that_of_the_tensor_library(int rows)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        var x = randn([rows, 70], generator: generator);
        var (weight, bias) = (randn([11, 70], generator: generator), randn([11], generator: generator));

        var result = CpuProduct.Apply(x, CpuMatrix.From(weight, bias));

        Assert.Equal([rows, 11], result.shape);
        Assert.True(allclose(result, nn.functional.linear(x, weight, bias), 1e-5, 1e-5));
    }
}
