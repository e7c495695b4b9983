using Akka.Actor;

namespace R1Reward.Actors.Hosting;

/// <summary>Why a process ends whose coordinator was replaced while it was frozen.</summary>
public sealed class FencedReason : CoordinatedShutdown.Reason
{
    /// <summary>The only instance needed.</summary>
    public static FencedReason Instance { get; } = new();

    /// <inheritdoc/>
    public override int ExitCode => Hosting.ExitCode.Downed;
}
