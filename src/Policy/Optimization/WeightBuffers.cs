using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// Memory for weights while they are used, given out again and again: layers have the same sizes, and memory that came
/// and went with each of them would leave holes.
/// </summary>
/// <param name="table">Whose weights they are.</param>
internal sealed class WeightBuffers(ParameterTable table) : IDisposable
{
    private readonly Dictionary<long, Stack<Tensor>> _free = [];

    /// <summary>Memory for so many weights; what it holds is open.</summary>
    internal Tensor Take(long count) => _free.TryGetValue(count, out var free) && free.TryPop(out var buffer)
        ? buffer
        : empty(count, dtype: table.Dtype, device: table.Device).DetachFromDisposeScope();

    /// <summary>Takes memory back that nobody reads any more.</summary>
    internal void GiveBack(Tensor buffer)
    {
        _free.TryAdd(buffer.numel(), []);
        _free[buffer.numel()].Push(buffer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _free.Values.SelectMany(free => free))
        {
            buffer.Dispose();
        }

        _free.Clear();
    }
}
