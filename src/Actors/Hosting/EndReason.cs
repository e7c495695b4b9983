using Akka.Actor;

namespace R1Reward.Actors.Hosting;

/// <summary>Why a process ends by its own decision, to be started again.</summary>
/// <param name="message">What happened and how it goes on.</param>
public sealed class EndReason(string message) : CoordinatedShutdown.Reason
{
    /// <summary>What happened and how it goes on.</summary>
    public string Message => message;

    /// <inheritdoc/>
    public override int ExitCode => Hosting.ExitCode.Downed;
}
