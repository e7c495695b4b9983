namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    // The end of the Within block that runs.
    private TimeSpan? _end;

    // An expectation of nothing lasts to the block's end and must not count as too late.
    private bool _lastWasNoMsg;

    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    public TimeSpan Remaining => _end is { } end
        ? Positive(end - Now)
        : throw new InvalidOperationException("Remaining may not be called outside of 'within'");

    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration switch
    {
        null => RemainingOrDefault,
        { } infinite when infinite == Timeout.InfiniteTimeSpan => throw new ArgumentException("max duration cannot be infinite", nameof(duration)),
        { } given => RemainingOr(Dilated(given)) is var left && left < Dilated(given) ? left : Dilated(given)
    };

    public TimeSpan Dilated(TimeSpan duration) => duration * TestKitSettings.TestTimeFactor;
    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout is { } given ? Dilated(given) : RemainingOrDefault;

    protected TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? Positive(end - Now) : duration;

    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    public void Within(TimeSpan min, TimeSpan max, Action action, string hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(min, max, () =>
        {
            action();
            return true;
        }, hint, epsilonValue, cancellationToken);

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public T Within<T>(TimeSpan min, TimeSpan max, Func<T> function, string hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
    {
        var (outer, start, limit) = Enter(min, max);
        try
        {
            var result = function();
            CheckElapsed(min, limit, Now - start, hint, epsilonValue);
            return result;
        }
        finally
        {
            _end = outer;
        }
    }

    public Task WithinAsync(TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    public Task WithinAsync(TimeSpan min, TimeSpan max, Func<Task> actionAsync, string hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(min, max, async () =>
        {
            await actionAsync();
            return true;
        }, hint, epsilonValue, cancellationToken);

    public Task<T> WithinAsync<T>(TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>The block's expectations share its time; it must take at least min and at most max.</summary>
    public async Task<T> WithinAsync<T>(TimeSpan min, TimeSpan max, Func<Task<T>> function, string hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
    {
        var (outer, start, limit) = Enter(min, max);
        try
        {
            var result = await function().WaitAsync(Positive(limit + TimeSpan.FromSeconds(1)), cancellationToken);
            CheckElapsed(min, limit, Now - start, hint, epsilonValue);
            return result;
        }
        finally
        {
            _end = outer;
        }
    }

    private static TimeSpan Positive(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;

    private (TimeSpan? Outer, TimeSpan Start, TimeSpan Limit) Enter(TimeSpan min, TimeSpan max)
    {
        var (outer, start, limit) = (_end, Now, Dilated(max));
        var left = outer is { } end ? end - start : TimeSpan.MaxValue;
        Xunit.Assert.True(left >= min, $"Required min time {min} not possible, only {left} left.");
        _lastWasNoMsg = false;
        if (limit > left) limit = left;
        _end = start + limit;
        return (outer, start, limit);
    }

    private void CheckElapsed(TimeSpan min, TimeSpan limit, TimeSpan elapsed, string hint, TimeSpan? epsilon)
    {
        Xunit.Assert.True(elapsed >= min - (epsilon ?? TimeSpan.Zero), $"Failed: Block took {elapsed}, should at least have been {min}. {hint}");
        if (!_lastWasNoMsg)
            Xunit.Assert.True(elapsed <= limit + (epsilon ?? TimeSpan.Zero), $"Failed: Block took {elapsed}, exceeding {limit}. {hint}");
    }
}
