using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>A temporary ref that completes a task with the first answer.</summary>
public class FutureActorRef<T> : MinimalActorRef
{
    private readonly TaskCompletionSource<T> _result;

    public FutureActorRef(TaskCompletionSource<T> result, ActorPath path, IActorRefProvider provider)
    {
        _result = result;
        Path = path;
        Provider = provider;
    }

    public override ActorPath Path { get; }
    public override IActorRefProvider Provider { get; }

    protected override void TellInternal(object message, IActorRef sender)
    {
        var handled = message switch
        {
            T reply => _result.TrySetResult(reply),
            Status.Failure failure => _result.TrySetException(failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => _result.TrySetException(new ArgumentException($"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"))
        };
        if (!handled && !_result.Task.IsCanceled)
            Provider.DeadLetters.Tell(message is Event.DeadLetter ? message : new Event.DeadLetter(message, sender ?? Provider.DeadLetters, this), sender);
    }
}

public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) => self.Ask<object>(message, timeout, CancellationToken.None);
    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) => self.Ask<object>(message, null, cancellationToken);
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) => self.Ask<object>(message, timeout, cancellationToken);
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) => self.Ask<T>(message, timeout, CancellationToken.None);
    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) => self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>Sends a message and completes with the answer; the timeout runs on the real clock.</summary>
    public static async Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var provider = ProviderOf(self) ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        var limit = timeout ?? provider.Settings.AskTimeout;
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var future = new FutureActorRef<T>(result, provider.TempPath(), provider);
        provider.RegisterTempActor(future, future.Path);
        using var expiry = limit > TimeSpan.Zero ? new CancellationTokenSource(limit) : null;
        using var expired = expiry?.Token.UnsafeRegister(_ => result.TrySetException(new AskTimeoutException($"Timeout after {limit.TotalSeconds:F2} seconds")), null);
        using var cancelled = cancellationToken.UnsafeRegister(_ => result.TrySetCanceled(cancellationToken), null);
        try
        {
            self.Tell(messageFactory(future), future);
            return await result.Task.ConfigureAwait(false);
        }
        finally
        {
            provider.UnregisterTempActor(future.Path);
        }
    }

    internal static IActorRefProvider ProviderOf(ICanTell target) => target switch
    {
        ActorSelection selection => ProviderOf(selection.Anchor),
        IInternalActorRef actor => actor.Provider,
        _ => (ActorCell.Current?.System as ExtendedActorSystem)?.Provider
    };
}

public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends the stop message and completes with true at the actor's end, false at the time-out.</summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        using var expiry = new CancellationTokenSource(timeout);
        return await TerminationWatch.Run((IInternalActorRef)target, () => target.Tell(stopMessage, ActorRefs.NoSender), expiry.Token).ConfigureAwait(false);
    }
}

public static class WatchAsyncSupport
{
    /// <summary>Completes with true at the actor's end, false when cancelled.</summary>
    public static Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default) =>
        TerminationWatch.Run((IInternalActorRef)target, () => { }, token);
}

/// <summary>A temporary watcher from outside of an actor.</summary>
internal sealed class TerminationWatch(IActorRefProvider provider, ActorPath path) : MinimalActorRef
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ActorPath Path => path;
    public override IActorRefProvider Provider => provider;

    public static async Task<bool> Run(IInternalActorRef target, Action then, CancellationToken token)
    {
        var watcher = new TerminationWatch(target.Provider, target.Provider.TempPath());
        target.Provider.RegisterTempActor(watcher, watcher.Path);
        using var cancelled = token.UnsafeRegister(_ => watcher._ended.TrySetResult(false), null);
        try
        {
            target.SendSystemMessage(new Watch(target, watcher));
            then();
            return await watcher._ended.Task.ConfigureAwait(false);
        }
        finally
        {
            target.SendSystemMessage(new Unwatch(target, watcher));
            target.Provider.UnregisterTempActor(watcher.Path);
        }
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is DeathWatchNotification) _ended.TrySetResult(true);
    }
}
