using System.Runtime.InteropServices;
using R1Reward.Data;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>The native library behind tensors, libtorch with TorchSharp's own part.</summary>
public static class TensorLibrary
{
    private const string Name = "LibTorchSharp";

    /// <summary>
    /// Loads the library before TorchSharp does. Where that fails, TorchSharp says only that a package reference is
    /// missing, after it has copied the packages' natives beside the program; this says what the loader said.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// The library, or one that it needs, is missing or does not fit the system.
    /// </exception>
    public static void EnsureLoaded()
    {
        try
        {
            NativeLibrary.Load(Name, typeof(Tensor).Assembly, searchPath: null);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            throw new UserErrorException(
                $"the tensor library cannot be loaded: {LoaderReason(failure.Message)}. {Remedy}; if that does not "
                + "help, install what the reason names.");
        }
    }

    // The script of the sources says which library it has built with; an installed tool has no script.
    private static string Remedy => Environment.GetEnvironmentVariable("R1_TORCH") is null
        ? "Take the tool anew (`dotnet tool uninstall --global r1reward`, then install it as before), or build the "
            + "program of your own again"
        : "Run `./r1 setup` again";

    /// <summary>
    /// The one line of the runtime's message that names the cause; the others list places without the library.
    /// </summary>
    internal static string LoaderReason(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Skip(1)
            .FirstOrDefault(line => !SaysNotHere(line)) ?? $"lib{Name}.so does not lie beside the program";
    }

    private static bool SaysNotHere(string line) =>
        line.Split(':')[0].Contains(Name, StringComparison.Ordinal)
            && line.EndsWith("No such file or directory", StringComparison.Ordinal);
}
