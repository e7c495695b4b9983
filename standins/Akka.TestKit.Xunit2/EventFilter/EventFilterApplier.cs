using Akka.Actor;

namespace Akka.TestKit;

public interface IEventFilterApplier
{
    void ExpectOne(Action action, CancellationToken cancellationToken = default);
    void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);
    Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);
    Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);
    void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);
    Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default);
    Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);
    void Mute(Action action, CancellationToken cancellationToken = default);
    Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default);
}

/// <summary>Runs an action and counts the events that match, during it and for a while after it.</summary>
internal sealed class EventFilterApplier(TestKitBase testkit, ActorSystem system, Func<object, bool> matches) : IEventFilterApplier
{
    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);
    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) => Expect(1, timeout, action, cancellationToken);
    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) => ExpectAsync(1, actionAsync, cancellationToken);
    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) => ExpectAsync(1, timeout, action, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Expect(expectedCount, testkit.TestKitSettings.TestEventFilterLeeway, action, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default)
    {
        using var counter = new Counter(system, matches);
        action();
        counter.Reach(expectedCount, testkit.Dilated(timeout), cancellationToken).GetAwaiter().GetResult();
    }

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        ExpectAsync(expectedCount, testkit.TestKitSettings.TestEventFilterLeeway, actionAsync, cancellationToken);

    public async Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default)
    {
        using var counter = new Counter(system, matches);
        await action();
        await counter.Reach(expectedCount, testkit.Dilated(timeout), cancellationToken);
    }

    public void Mute(Action action, CancellationToken cancellationToken = default)
    {
        using var counter = new Counter(system, matches);
        action();
    }

    public async Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default)
    {
        using var counter = new Counter(system, matches);
        await action();
    }

    private sealed class Counter : IDisposable
    {
        private readonly ActorSystem _system;
        private readonly Func<object, bool> _filter;
        private int _count;

        public Counter(ActorSystem system, Func<object, bool> matches)
        {
            _system = system;
            _filter = e =>
            {
                if (!matches(e)) return false;
                Interlocked.Increment(ref _count);
                return true;
            };
            system.EventStream.Publish(new Mute(_filter));
        }

        public async Task Reach(int expected, TimeSpan timeout, CancellationToken cancellationToken)
        {
            var stop = TestKitBase.Now + timeout;
            while ((expected == 0 ? _count == 0 : _count < expected) && TestKitBase.Now < stop)
                await Task.Delay(10, cancellationToken).ConfigureAwait(false);
            Xunit.Assert.True(_count >= expected, $"Timeout ({timeout}) while waiting for messages. Only received {_count}/{expected} messages that matched the filter.");
            Xunit.Assert.True(_count <= expected, $"Received {_count - expected} messages too many. Expected {expected}, got {_count} that matched the filter.");
        }

        public void Dispose() => _system.EventStream.Publish(new Unmute(_filter));
    }
}
