using Polly.CircuitBreaker;
using Polly.Timeout;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// One failed request, inside the client: the pipeline decides by it, and <see cref="JudgeFailure"/> is what leaves.
/// </summary>
/// <param name="kind">What went wrong.</param>
/// <param name="reason">One sentence with the endpoint, for people.</param>
/// <param name="retryAfter">How long the server asks to wait; null where it says nothing.</param>
internal sealed class JudgeCallException(JudgeFailureKind kind, string reason, TimeSpan? retryAfter = null)
    : Exception(reason)
{
    public JudgeFailureKind Kind => kind;

    /// <summary>Whether the question may be at fault rather than the settings.</summary>
    public bool MayConcernTheQuestion { get; init; }

    /// <summary>How long the server asks to wait; null where it says nothing.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Whether the same request may succeed later.</summary>
    public static bool IsTransient(Exception? exception) => exception switch
    {
        TimeoutRejectedException => true,
        JudgeCallException { Kind: JudgeFailureKind.Unreachable } => true,
        JudgeCallException { Kind: JudgeFailureKind.RateLimited } => true,
        JudgeCallException { Kind: JudgeFailureKind.ServerError } => true,
        _ => false,
    };

    /// <summary>Whether the failure speaks against the endpoint. A full server (429) is healthy.</summary>
    public static bool TripsCircuit(Exception? exception) => IsTransient(exception)
        && exception is not JudgeCallException { Kind: JudgeFailureKind.RateLimited };

    /// <summary>The failure that a caller of the client sees; null for an exception that is none.</summary>
    public static JudgeFailure? AsFailure(Exception exception, string where) => exception switch
    {
        JudgeCallException call => new JudgeFailure(call.Kind, call.Message),
        TimeoutRejectedException timeout => new JudgeFailure(
            JudgeFailureKind.TimedOut, $"{where} did not reply within {timeout.Timeout.TotalSeconds:0.###} s"),
        BrokenCircuitException { InnerException: JudgeCallException last } => new JudgeFailure(
            JudgeFailureKind.CircuitOpen, $"{last.Message}, often of late"),
        BrokenCircuitException => new JudgeFailure(
            JudgeFailureKind.CircuitOpen, $"{where} failed often of late and rests"),
        _ => null,
    };
}
