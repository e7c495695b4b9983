namespace R1Reward.Cli.Tests.Processes;

/// <summary>
/// What the program sets for native libraries, as the OpenMP library itself tells it when it is loaded.
/// </summary>
public sealed class NativeSettingsTests
{
    [Fact]
    public async Task Idle_threads_of_native_libraries_spin_a_little_and_then_sleep() =>
        Assert.Contains("GOMP_SPINCOUNT = '20000'", await ToldAsync("--unset=GOMP_SPINCOUNT"));

    [Fact]
    public async Task What_the_user_has_set_stays() =>
        Assert.Contains("GOMP_SPINCOUNT = '7'", await ToldAsync("GOMP_SPINCOUNT=7"));

    private static async Task<string> ToldAsync(string environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "r1reward.dll");
        var ended = await Finished.RunAsync(
            "env", "OMP_DISPLAY_ENV=verbose", environment, "dotnet", program, "model", "convert", "absent.bin", "--out",
            "absent.safetensors");
        return ended.Error;
    }
}
