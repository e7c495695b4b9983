using R1Reward.Data.Files;

namespace R1Reward.Actors.Configuration;

/// <summary>The password of a node's certificate: out of a file of its owner's, or of the engine's own key.</summary>
internal static class CertificatePassword
{
    private const string FileKey = "r1reward.node.tls.password-file";
    private const UnixFileMode OthersMay =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads the password; a file that is missing, or that others may read, is a mistake.</summary>
    public static string Read(SettingsReader reader)
    {
        var path = reader.File(FileKey);
        if (path.Length == 0)
        {
            return reader.Text(AddressCheck.Tcp + "ssl.certificate.password");
        }

        if (!RegularFile.Exists(path))
        {
            reader.Refuse(FileKey, "no such file; write the password of the certificate's file into one");
            return "";
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMay) != 0)
        {
            reader.Refuse(FileKey, $"others may read it; run `chmod 600 {path}`");
            return "";
        }

        return File.ReadAllText(path).TrimEnd('\r', '\n');
    }
}
