using R1Reward.Actors.Configuration.Engine;

namespace R1Reward.Actors.Configuration;

/// <summary>Checks what a user wrote under <c>akka</c>, so that no mistake waits until the engine meets it.</summary>
internal static class EngineCheck
{
    private const string Ssl = AddressCheck.Tcp + "ssl.";
    private const string Pinned = "leave it out: both sides show a certificate of r1reward.node.tls.authority from the "
        + "file in ssl.certificate.path, and no other is admitted";

    // What this program sets over whatever is written, and where the user decides the same.
    private static readonly Dictionary<string, string> Ours = new(StringComparer.Ordinal)
    {
        ["akka.loglevel"] = "write r1reward.log.console or r1reward.log.file: all events go to this program's log",
        ["akka.loggers"] = "leave it out: all events go to this program's log",
        ["akka.stdout-logger-class"] = "leave it out: all events go to this program's log",
        ["akka.cluster.roles"] = "write r1reward.node.roles: the roles of a node follow from it",
        [Ssl + "certificate.password"] = "write r1reward.node.tls.password-file: other users see what stands here",
    };

    /// <summary>Adds an error for each wrong value.</summary>
    public static void Check(SettingsReader reader)
    {
        foreach (var key in reader.Written("akka").Where(EngineReference.Keys.Contains))
        {
            if (Instead(key) is { } instead)
            {
                reader.Refuse(key, $"this has no effect; {instead}");
            }
            else if (EngineReference.IsList(key))
            {
                reader.List(key);
            }
            else if (EngineValues.Remedy(key, reader.Text(key), reader.Config) is { } remedy)
            {
                reader.Refuse(key, remedy);
            }
        }
    }

    private static string? Instead(string key) =>
        Ours.GetValueOrDefault(key)
            ?? (key.StartsWith(Ssl, StringComparison.Ordinal) && key != CertificateCheck.PathKey ? Pinned : null);
}
