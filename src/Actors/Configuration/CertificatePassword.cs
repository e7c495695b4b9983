using R1Reward.Actors.Certificates;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// The password of a node's certificate, out of a file of its owner's: configurations are shown, copied and given on
/// the command line, where other users see it.
/// </summary>
internal static class CertificatePassword
{
    /// <summary>The key that names the file whose text is the password of the node's certificate.</summary>
    public const string FileKey = "r1reward.node.tls.password-file";

    /// <summary>Reads the password; a file that is missing, or that others may read, is a mistake.</summary>
    public static string Read(SettingsReader reader)
    {
        var path = reader.File(FileKey);
        if (path.Length == 0)
        {
            return "";
        }

        if (!RegularFile.Exists(path))
        {
            reader.Refuse(FileKey, "no such file; write the password of the certificate's file into one");
            return "";
        }

        if (PrivateFile.IsOpenToOthers(path))
        {
            reader.Refuse(FileKey, $"others may read it; run `chmod 600 {path}`");
            return "";
        }

        return File.ReadAllText(path).TrimEnd('\r', '\n');
    }
}
