using System.Text;

namespace R1Reward.Cli.Tests.Build;

/// <summary>The symbol versions that a 64-bit little-endian ELF library asks other libraries for.</summary>
internal static class ElfVersions
{
    private const uint NeededVersions = 0x6ffffffe;
    private const int WeakFlag = 2;

    /// <summary>Reads the section <c>.gnu.version_r</c>: each version with whether it may be missing.</summary>
    public static List<(string Version, bool Weak)> Read(string path)
    {
        var image = File.ReadAllBytes(path);
        var headers = Enumerable.Range(0, BitConverter.ToUInt16(image, 60))
            .Select(index => (int)BitConverter.ToUInt64(image, 40) + (index * BitConverter.ToUInt16(image, 58)))
            .ToList();
        var section = headers.Single(header => BitConverter.ToUInt32(image, header + 4) == NeededVersions);
        var names = Contents(image, headers[BitConverter.ToInt32(image, section + 40)]);
        var versions = new List<(string, bool)>();
        var library = Contents(image, section);
        for (var left = BitConverter.ToInt32(image, section + 44); left > 0; left--)
        {
            var entry = library + BitConverter.ToInt32(image, library + 8);
            for (var count = BitConverter.ToUInt16(image, library + 2); count > 0; count--)
            {
                var weak = (BitConverter.ToUInt16(image, entry + 4) & WeakFlag) != 0;
                versions.Add((Text(image, names + BitConverter.ToInt32(image, entry + 8)), weak));
                entry += BitConverter.ToInt32(image, entry + 12);
            }

            library += BitConverter.ToInt32(image, library + 12);
        }

        return versions;
    }

    private static int Contents(byte[] image, int header) => (int)BitConverter.ToUInt64(image, header + 24);

    private static string Text(byte[] image, int offset) =>
        Encoding.ASCII.GetString(image, offset, Array.IndexOf(image, (byte)0, offset) - offset);
}
