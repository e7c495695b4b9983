namespace Akka.Actor.Internal;

/// <summary>A child and how often it was restarted within the strategy's time range.</summary>
public class ChildRestartStats
{
    private long _windowStart = -1;

    internal ChildRestartStats(IInternalActorRef child) => Child = child;

    public IInternalActorRef Child { get; }
    public uint MaxNrOfRetriesCount { get; private set; }

    public bool RequestRestartPermission(int maxNrOfRetries, int withinTimeMilliseconds)
    {
        if (maxNrOfRetries == 0) return false;
        if (withinTimeMilliseconds <= 0)
        {
            MaxNrOfRetriesCount++;
            return maxNrOfRetries < 0 || MaxNrOfRetriesCount <= maxNrOfRetries;
        }

        // A range without a number of retries allows one restart per range.
        var retries = maxNrOfRetries < 0 ? 1 : maxNrOfRetries;
        var now = Environment.TickCount64;
        if (_windowStart < 0 || now - _windowStart > withinTimeMilliseconds)
        {
            _windowStart = now;
            MaxNrOfRetriesCount = 1;
            return true;
        }

        MaxNrOfRetriesCount++;
        return MaxNrOfRetriesCount <= retries;
    }
}
