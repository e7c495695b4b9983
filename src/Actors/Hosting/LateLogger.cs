using Akka.Event;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Takes what Akka.NET logs when its logger actors have stopped, such as the end of remoting, which its own class would
/// print on the console whatever <c>akka.stdout-loglevel</c> says. Named in <c>akka.stdout-logger-class</c>.
/// </summary>
internal sealed class LateLogger : MinimalLogger
{
    /// <inheritdoc/>
    protected override void Log(object message)
    {
        if (message is LogEvent logged)
        {
            SerilogLogger.Write(logged);
        }
    }
}
