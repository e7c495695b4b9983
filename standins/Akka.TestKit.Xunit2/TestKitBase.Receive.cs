using Akka.Actor;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public object ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        ReceiveOneAsync(max, cancellationToken).AsTask().GetAwaiter().GetResult();

    /// <summary>The next message, or null if none comes in time.</summary>
    public async ValueTask<object> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await TakeAsync(max is { } given && given < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : max ?? RemainingOrDefault, cancellationToken).ConfigureAwait(false))?.Message;

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveN(numberOfMessages, RemainingOrDefault, cancellationToken);

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default)
    {
        var end = Now + Dilated(max);
        var received = new List<object>();
        while (received.Count < numberOfMessages)
        {
            var envelope = TakeAsync(Positive(end - Now), cancellationToken).GetAwaiter().GetResult();
            Xunit.Assert.True(envelope is not null, $"Timeout ({max}) while expecting {numberOfMessages} messages. Only got {received.Count}.");
            received.Add(envelope.Message);
        }

        return received;
    }

    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    public ValueTask<object> FishForMessageAsync(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync(isMessage, max, hint, cancellationToken).AsTask().GetAwaiter().GetResult();

    /// <summary>The first message that matches; others are thrown away.</summary>
    public async ValueTask<T> FishForMessageAsync<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var limit = RemainingOrDilated(max);
        var end = Now + limit;
        while (true)
        {
            var envelope = await TakeAsync(Positive(end - Now), cancellationToken).ConfigureAwait(false);
            Xunit.Assert.True(envelope is not null, $"Timeout ({limit}) during fishForMessage<{typeof(T)}>, hint: {hint}");
            if (envelope.Message is T message && isMessage(message)) return message;
        }
    }

    private async Task<MessageEnvelope> TakeAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (!_queue.Reader.TryRead(out var envelope))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(wait);
            try
            {
                envelope = await _queue.Reader.ReadAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                _lastWasNoMsg = true;
                return null;
            }
        }

        _lastWasNoMsg = false;
        return _last = envelope;
    }
}
