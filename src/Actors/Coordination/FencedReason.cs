using Akka.Actor;
using R1Reward.Actors.Hosting;

namespace R1Reward.Actors.Coordination;

/// <summary>Why a process ends whose coordinator was replaced while it was frozen.</summary>
public sealed class FencedReason : CoordinatedShutdown.Reason
{
    /// <summary>The only instance needed.</summary>
    public static FencedReason Instance { get; } = new();

    /// <inheritdoc/>
    public override int ExitCode => Hosting.ExitCode.Downed;
}
