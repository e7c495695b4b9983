namespace Akka.Remote;

/// <summary>
/// The phi accrual failure detector (Hayashibara et al., 2004): phi is minus the decimal logarithm of the probability
/// that a heartbeat comes later than now, from the mean and deviation of the intervals seen so far. Not thread-safe.
/// </summary>
/// <remarks>The normal distribution's tail is its logistic approximation, as Akka computes it.</remarks>
internal sealed class PhiAccrualFailureDetector(FailureDetectorSettings settings, TimeProvider time)
{
    private readonly Queue<double> _intervals = new();
    private double _sum;
    private double _squares;
    private long? _last;

    public bool IsMonitoring => _last is not null;
    public bool IsAvailable => Phi < settings.Threshold;

    public double Phi
    {
        get
        {
            if (_last is not { } last) return 0;
            var mean = _sum / _intervals.Count;
            var deviation = Math.Max(Math.Sqrt(Math.Max(0, _squares / _intervals.Count - mean * mean)), settings.MinStdDeviation.TotalMilliseconds);
            mean += settings.AcceptableHeartbeatPause.TotalMilliseconds;
            var elapsed = time.GetElapsedTime(last).TotalMilliseconds;
            var y = (elapsed - mean) / deviation;
            var e = Math.Exp(-y * (1.5976 + 0.070566 * y * y));
            return elapsed > mean ? -Math.Log10(e / (1 + e)) : -Math.Log10(1 - 1 / (1 + e));
        }
    }

    public void HeartBeat()
    {
        var now = time.GetTimestamp();
        if (_last is not { } last)
        {
            // Two samples around the expected interval stand for the history until there is one.
            var guess = settings.HeartbeatInterval.TotalMilliseconds;
            Add(guess - guess / 4);
            Add(guess + guess / 4);
        }
        else if (IsAvailable)
        {
            // The interval that ends an outage says nothing about the rhythm.
            Add(time.GetElapsedTime(last, now).TotalMilliseconds);
        }

        _last = now;
    }

    private void Add(double interval)
    {
        if (_intervals.Count == settings.MaxSampleSize)
        {
            var oldest = _intervals.Dequeue();
            _sum -= oldest;
            _squares -= oldest * oldest;
        }

        _intervals.Enqueue(interval);
        _sum += interval;
        _squares += interval * interval;
    }
}
