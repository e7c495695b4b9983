using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

internal sealed record Mute(Func<object, bool> Filter) : INoSerializationVerificationNeeded;

internal sealed record Unmute(Func<object, bool> Filter) : INoSerializationVerificationNeeded;

/// <summary>A logger that prints what no filter takes.</summary>
public class TestEventListener : DefaultLogger
{
    private readonly List<Func<object, bool>> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger start:
                foreach (var channel in new[] { typeof(Mute), typeof(Unmute), typeof(DeadLetter), typeof(UnhandledMessage) })
                    start.LoggingBus.Subscribe(Context.Self, channel);
                return base.Receive(message);
            case Mute mute:
                _filters.Add(mute.Filter);
                return true;
            case Unmute unmute:
                _filters.Remove(unmute.Filter);
                return true;
            case LogEvent logged:
                if (!_filters.Any(f => f(logged))) Print(logged);
                return true;
            case AllDeadLetters letter:
                foreach (var filter in _filters) filter(letter);
                return true;
            default:
                return false;
        }
    }
}
