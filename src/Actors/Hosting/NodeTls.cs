using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using R1Reward.Actors.Certificates;

namespace R1Reward.Actors.Hosting;

/// <summary>How the remoting uses a node's certificates: both sides show theirs and look at the other's.</summary>
internal static class NodeTls
{
    /// <summary>What the remoting is given when the actor system is made.</summary>
    public static DotNettySslSetup Setup(NodeCertificates certificates) => new(
        certificates.Own,
        suppressValidation: false,
        requireMutualAuthentication: true,
        validateCertificateHostname: false,
        (shown, _, peer, _, log) => Admit(certificates.Pinned.Fault(shown, peer), peer, log));

    private static bool Admit(string? fault, string peer, ILoggingAdapter log)
    {
        if (fault is not null)
        {
            log.Warning("{0} is refused: {1}", peer, fault);
        }

        return fault is null;
    }
}
