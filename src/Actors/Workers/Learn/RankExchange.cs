using R1Reward.Actors.Configuration.Settings;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Exchange.Nccl;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>By what, and how patiently, the workers of a hand-out exchange what they compute.</summary>
/// <param name="settings">What all learners have in common.</param>
/// <param name="device">The device of this kind of worker.</param>
/// <param name="through">What exchanges go through; null: nothing.</param>
internal sealed class RankExchange(
    LearnerSettings settings, DeviceSettings device, Func<ICollective, ICollective>? through = null) : IDisposable
{
    private GpuExchange? _exchange;

    /// <summary>How long to wait for a rank that still computes.</summary>
    public TimeSpan Patience => settings.ExchangeTimeout;

    /// <summary>The ranks of a ring, each of which calls this; what is returned disposes of the ring.</summary>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    /// <exception cref="R1Reward.Data.UserErrorException">What is asked for is not there.</exception>
    public ICollective Over(ICollective ring)
    {
        _exchange ??= new GpuExchange(settings.Exchange, DeviceSelector.Select(device.Device), Patience);
        var own = _exchange.Over(ring);
        return through?.Invoke(own) ?? own;
    }

    /// <inheritdoc/>
    public void Dispose() => _exchange?.Dispose();
}
