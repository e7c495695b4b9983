namespace R1Reward.Conformance.Surface;

/// <summary>
/// What compiles on a stand-in compiles on the official package: every public type and member of the stand-in exists there
/// under the same name, with the same types, parameter names, defaults and nullability.
/// </summary>
public sealed class SurfaceTests
{
    [SurfaceFact("Akka")]
    public void Akka_offers_nothing_that_the_official_packages_lack() => AssertContained("Akka");

    [SurfaceFact("Akka.TestKit.Xunit2")]
    public void TestKit_offers_nothing_that_the_official_packages_lack() => AssertContained("Akka.TestKit.Xunit2");

    [SurfaceFact("TorchSharp")]
    public void TorchSharp_offers_nothing_that_the_official_package_lacks() => AssertContained("TorchSharp");

    [SurfaceFact("Microsoft.ML.Tokenizers")]
    public void Tokenizers_offer_nothing_that_the_official_package_lacks() => AssertContained("Microsoft.ML.Tokenizers");

    private static void AssertContained(string standIn)
    {
        using var own = AssemblySurface.OfStandIn(standIn);
        using var official = AssemblySurface.OfOfficial(standIn);
        Assert.NotEmpty(own.Types);

        var differences = SurfaceComparison.Differences(own, official);

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences)}");
    }
}
