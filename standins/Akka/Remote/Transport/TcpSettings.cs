using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace Akka.Remote.Transport;

/// <summary>`akka.remote.dot-netty.tcp`.</summary>
internal sealed record TcpSettings(
    string Hostname,
    string PublicHostname,
    int Port,
    int PublicPort,
    int MaximumFrameSize,
    int SendBufferSize,
    int ReceiveBufferSize,
    TimeSpan ConnectionTimeout,
    TlsSettings Tls)
{
    public static TcpSettings From(Config config)
    {
        // Without a hostname the stand-in serves its own machine only.
        var hostname = config.GetString("hostname") is { Length: > 0 } h ? h : "127.0.0.1";
        var publicHostname = config.GetString("public-hostname") is { Length: > 0 } p ? p : hostname;
        var frame = config.GetByteSize("maximum-frame-size") ?? 128000;
        if (frame < 32000)
            throw new ConfigurationException($"akka.remote.dot-netty.tcp.maximum-frame-size must be at least 32000 bytes, got {frame}");
        return new TcpSettings(
            hostname,
            publicHostname,
            config.GetInt("port"),
            config.GetInt("public-port"),
            (int)frame,
            (int)(config.GetByteSize("send-buffer-size") ?? 256000),
            (int)(config.GetByteSize("receive-buffer-size") ?? 256000),
            config.GetTimeSpan("connection-timeout"),
            config.GetBoolean("enable-ssl") ? TlsSettings.From(config.GetConfig("ssl")) : null);
    }
}

internal sealed record TlsSettings(X509Certificate2 Certificate, bool SuppressValidation, bool RequireMutualAuthentication, bool ValidateHostname)
{
    public static TlsSettings From(Config config)
    {
        var path = config.GetString("certificate.path");
        if (string.IsNullOrEmpty(path))
            throw new ConfigurationException("akka.remote.dot-netty.tcp.enable-ssl is on, but ssl.certificate.path is empty");
        return new TlsSettings(
            Load(path, config.GetString("certificate.password")),
            config.GetBoolean("suppress-validation"),
            config.GetBoolean("require-mutual-authentication", true),
            config.GetBoolean("validate-certificate-hostname"));
    }

    private static X509Certificate2 Load(string path, string password)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12FromFile(path, password);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException)
        {
            throw new ConfigurationException($"akka.remote.dot-netty.tcp.ssl.certificate.path [{path}] cannot be read as PKCS#12 with the password given: {e.Message}", e);
        }
    }
}
