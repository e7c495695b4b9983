using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs dead letters and unhandled messages: so many, then none for a while.</summary>
public class DeadLetterListener : ActorBase
{
    private readonly EventStream _eventStream = Context.System.EventStream;
    private readonly int _maxCount = Context.System.Settings.LogDeadLetters;
    private readonly TimeSpan _suspend = Context.System.Settings.LogDeadLettersSuspendDuration;
    private long _suspendedUntil = -1;
    private int _count;

    /// <summary>Subscribed by its maker, so that no dead letter of a young system is missed.</summary>
    internal static IActorRef Start(ActorSystemImpl system)
    {
        var listener = system.SystemActorOf(Props.Create(() => new DeadLetterListener()), "deadLetterListener");
        foreach (var channel in new[] { typeof(DeadLetter), typeof(Dropped), typeof(UnhandledMessage) })
            system.EventStream.Subscribe(listener, channel);
        return listener;
    }

    protected override void PostStop() => _eventStream.Unsubscribe(Self);

    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter) return false;
        if (letter.Message is IDeadLetterSuppression) return true;
        _count++;
        if (_suspendedUntil >= 0)
        {
            if (Environment.TickCount64 < _suspendedUntil) return true;
            _suspendedUntil = -1;
            Log(letter, $", of which {_count - _maxCount - 1} were not logged. The counter will be reset now");
            _count = 0;
        }
        else if (_count < _maxCount)
        {
            Log(letter, "");
        }
        else if (_suspend == Timeout.InfiniteTimeSpan)
        {
            Log(letter, ", no more dead letters will be logged");
            Context.Stop(Self);
        }
        else
        {
            Log(letter, $", no more dead letters will be logged in next [{_suspend}]");
            _suspendedUntil = Environment.TickCount64 + (long)_suspend.TotalMilliseconds;
        }

        return true;
    }

    private void Log(AllDeadLetters letter, string end)
    {
        var message = letter.Message is IWrappedMessage wrapped ? wrapped.Message : letter.Message;
        var origin = letter.Sender is null or DeadLetterActorRef ? "" : $" from {letter.Sender}";
        var fate = letter switch
        {
            UnhandledMessage => $"to {letter.Recipient} was unhandled",
            Dropped dropped => $"to {letter.Recipient} was dropped. {dropped.Reason}",
            _ => $"to {letter.Recipient} was not delivered"
        };
        _eventStream.Publish(new Info(letter.Recipient.Path.ToString(), letter.Recipient.GetType(),
            $"Message [{message.GetType().Name}]{origin} {fate}. [{_count}] dead letters encountered{end}. " +
            "This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' and 'akka.log-dead-letters-during-shutdown'. " +
            $"Message content: {message}"));
    }
}
