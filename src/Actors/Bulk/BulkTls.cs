using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using R1Reward.Actors.Certificates;
using Serilog;

namespace R1Reward.Actors.Bulk;

/// <summary>How weights and batches travel under TLS: with the certificates of the actor messages, shown by both sides.
/// </summary>
internal static class BulkTls
{
    /// <summary>Sets a server up that answers nodes of the cluster alone.</summary>
    public static Action<HttpsConnectionAdapterOptions> Server(NodeCertificates certificates) => https =>
    {
        https.ServerCertificate = certificates.Own;

        // Set here, where it is known who calls: Kestrel's own callback is not told.
        https.OnAuthenticate = (connection, tls) =>
        {
            var peer = $"{connection.RemoteEndPoint}";
            tls.ClientCertificateRequired = true;
            tls.CertificateChainPolicy = certificates.Pinned.Policy();
            tls.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                Admit(certificates.Pinned.Fault(shown, peer), peer);
        };
    };

    /// <summary>What a client shows, and which servers it believes.</summary>
    public static SslClientAuthenticationOptions Client(NodeCertificates certificates) => new()
    {
        ClientCertificateContext = SslStreamCertificateContext.Create(certificates.Own, null, offline: true),
        CertificateChainPolicy = certificates.Pinned.Policy(),
        RemoteCertificateValidationCallback = (stream, shown, _, _) =>
        {
            var host = ((SslStream)stream).TargetHostName;
            return Admit(certificates.Pinned.Fault(shown, host), host);
        },
    };

    private static bool Admit(string? fault, string peer)
    {
        if (fault is not null)
        {
            Log.Warning("weights and batches: {Peer} is refused: {Fault}", peer, fault);
        }

        return fault is null;
    }
}
