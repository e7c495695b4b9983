using static TorchSharp.torch;

namespace R1Reward.Structure.Tests;

/// <summary>No scalar of TorchSharp is freed while a native call reads it.</summary>
public sealed class ScalarLifetimeTests
{
    private const string Keeper = "R1Reward.Policy.Tensors.Numbers";

    private static readonly string TorchSharp = Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll");

    [Theory]
    [InlineData("R1Reward.Policy")]
    [InlineData("R1Reward.Rollout")]
    [InlineData("R1Reward.Actors")]
    [InlineData("r1reward")]
    public void Numbers_reach_the_tensor_library_through_the_members_that_keep_them(string assembly)
    {
        var found = new ScalarUses(TorchSharp).Find(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), Keeper);

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void A_member_that_makes_a_scalar_of_its_own_is_found()
    {
        var found = new ScalarUses(TorchSharp).Find(typeof(ScalarLifetimeTests).Assembly.Location, Keeper);

        Assert.Contains(found, line => line.Contains("Sum calls", StringComparison.Ordinal)
            && line.Contains("op_Addition", StringComparison.Ordinal));
        Assert.Contains(found, line => line.Contains("Doubled calls", StringComparison.Ordinal)
            && line.Contains("op_Implicit", StringComparison.Ordinal));
    }

    private static class Careless
    {
        internal static Tensor Sum(Tensor x, Tensor y) => x + y;

        internal static Tensor Doubled(Tensor x) => x.mul(2);
    }
}
