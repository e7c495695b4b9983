using Akka.Actor;

namespace Akka.Remote;

/// <summary>One failure detector per address, made at its first heartbeat. Not thread-safe.</summary>
internal sealed class FailureDetectorRegistry(FailureDetectorSettings settings, TimeProvider time)
{
    private readonly Dictionary<Address, PhiAccrualFailureDetector> _detectors = [];

    /// <summary>An address never heard of counts as available.</summary>
    public bool IsAvailable(Address address) => !_detectors.TryGetValue(address, out var detector) || detector.IsAvailable;

    public bool IsMonitoring(Address address) => _detectors.ContainsKey(address);

    public void HeartBeat(Address address)
    {
        if (!_detectors.TryGetValue(address, out var detector))
            _detectors[address] = detector = new PhiAccrualFailureDetector(settings, time);
        detector.HeartBeat();
    }

    public void Remove(Address address) => _detectors.Remove(address);
}
