using System.Collections.Concurrent;
using System.Diagnostics;
using R1Reward.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>
/// From the setting <c>dtype = auto | float32 | bfloat16</c> to a number format. Which one is faster differs by a factor
/// of ten either way between processors, so <c>auto</c> measures both, once per process and device.
/// </summary>
public static class DtypeProbe
{
    private const int Rows = 1024;
    private const int Width = 512;
    private const int Rounds = 3;
    private const int Hopeless = 20;

    private static readonly ConcurrentDictionary<string, Lazy<ScalarType>> _faster = [];

    /// <summary>The format of a role on a device.</summary>
    /// <exception cref="UserErrorException">The setting is unknown.</exception>
    public static ScalarType Select(string setting, Device device) => setting.Trim().ToLowerInvariant() switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "auto" => _faster.GetOrAdd(device.ToString(), _ => new(() => Faster(device))).Value,
        _ => throw new UserErrorException($"dtype \"{setting}\" is not known; use auto, float32 or bfloat16"),
    };

    private static ScalarType Faster(Device device)
    {
        var known = Measure(ScalarType.Float32, device, TimeSpan.MaxValue);
        return Measure(ScalarType.BFloat16, device, known) < known ? ScalarType.BFloat16 : ScalarType.Float32;
    }

    /// <summary>
    /// Best of some rounds of a feed-forward layer with its backward pass; ends where the first round, which also warms up,
    /// on a CPU is so far beyond what there is to beat that no later one can: bfloat16 without its instructions takes seconds.
    /// </summary>
    private static TimeSpan Measure(ScalarType dtype, Device device, TimeSpan toBeat)
    {
        var best = TimeSpan.MaxValue;
        for (var round = 0; round <= Rounds; round++)
        {
            using var scope = NewDisposeScope();
            var x = ones([Rows, Width], dtype: dtype, device: device);
            var weight = ones([Width, Width], dtype: dtype, device: device).requires_grad_();
            var start = Stopwatch.GetTimestamp();
            var sum = nn.functional.silu(nn.functional.linear(x, weight)).sum();
            sum.backward();
            _ = sum.ToSingle();
            var elapsed = Stopwatch.GetElapsedTime(start);
            best = round > 0 && elapsed < best ? elapsed : best;
            if (device.type == DeviceType.CPU && elapsed / Hopeless > toBeat)
            {
                break;
            }
        }

        return best;
    }
}
