using System.Collections.Concurrent;
using System.Diagnostics;
using R1Reward.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>
/// From the setting <c>dtype = auto | float32 | bfloat16</c> to a number format. Processors with bfloat16 instructions
/// multiply it several times faster than float32, others up to a hundred times slower: <c>auto</c> measures both, once
/// per process and device.
/// </summary>
public static class DtypeProbe
{
    private const int Rows = 256;
    private const int Width = 512;
    private const int MaxRounds = 8;

    // No further round begins after this time: where bfloat16 is emulated one round alone may take as long.
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(0.5);

    private static readonly ConcurrentDictionary<string, Lazy<ScalarType>> _faster = [];

    /// <summary>The format that a role computes in on a device.</summary>
    /// <exception cref="UserErrorException">The setting is unknown.</exception>
    public static ScalarType Select(string setting, Device device) => setting.Trim().ToLowerInvariant() switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "auto" => _faster.GetOrAdd(device.ToString(), _ => new(() => GetFaster(device))).Value,
        _ => throw new UserErrorException($"dtype \"{setting}\" is not known; use auto, float32 or bfloat16"),
    };

    /// <summary>
    /// The format with the shortest round. The two take turns and one CPU thread, so that on a busy machine neither
    /// other programs nor waiting threads decide.
    /// </summary>
    private static ScalarType GetFaster(Device device)
    {
        var shortest = new Dictionary<ScalarType, TimeSpan>
        {
            [ScalarType.Float32] = TimeSpan.MaxValue,
            [ScalarType.BFloat16] = TimeSpan.MaxValue,
        };
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            var begin = Stopwatch.GetTimestamp();
            for (var round = 0; round < MaxRounds && (round == 0 || Stopwatch.GetElapsedTime(begin) < _limit); round++)
            {
                foreach (var dtype in shortest.Keys)
                {
                    var elapsed = MeasureRound(dtype, device);
                    shortest[dtype] = elapsed < shortest[dtype] ? elapsed : shortest[dtype];
                }
            }
        }
        finally
        {
            set_num_threads(threads);
        }

        return shortest.MinBy(one => one.Value).Key;
    }

    /// <summary>The time of a feed-forward layer with its backward pass.</summary>
    private static TimeSpan MeasureRound(ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var x = ones([Rows, Width], dtype: dtype, device: device);
        var weight = ones([Width, Width], dtype: dtype, device: device).requires_grad_();
        var start = Stopwatch.GetTimestamp();
        var sum = nn.functional.silu(nn.functional.linear(x, weight)).sum();
        sum.backward();
        _ = sum.ToSingle();
        return Stopwatch.GetElapsedTime(start);
    }
}
