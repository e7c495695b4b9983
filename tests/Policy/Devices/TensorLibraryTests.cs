using R1Reward.Policy.Devices;

namespace R1Reward.Policy.Tests.Devices;

public sealed class TensorLibraryTests
{
    private const string Head =
        "Unable to load shared library 'LibTorchSharp' or one of its dependencies. In order to help:";

    private const string NotHere = "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory";

    [Fact]
    public void It_loads() => TensorLibrary.EnsureLoaded();

    [Theory]
    [InlineData("/app/native/libLibTorchSharp.so: file too short")]
    [InlineData("libtorch_cpu.so: cannot open shared object file: No such file or directory")]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)")]
    public void The_loaders_reason_is_found_among_the_places_where_the_library_is_not(string reason) =>
        Assert.Equal(reason, TensorLibrary.LoaderReason(string.Join('\n', Head, NotHere, reason, NotHere, "")));

    [Fact]
    public void A_library_that_is_nowhere_is_named() =>
        Assert.Equal(
            "libLibTorchSharp.so does not lie beside the program", TensorLibrary.LoaderReason($"{Head}\n{NotHere}\n"));
}
