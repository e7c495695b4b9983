using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a 64-bit little-endian ELF library and marks one version that it asks another library for as weak
/// (VER_FLG_WEAK in the section .gnu.version_r), so that the loader accepts a library without that version.
/// </summary>
/// <remarks>
/// That is safe as long as nothing of that version is ever called. So the task fails when a symbol other than
/// <see cref="UncalledSymbol"/> has the version. The package's own file is only read.
/// </remarks>
public sealed class WeakenSymbolVersion : Task
{
    private const uint DynamicSymbols = 11, SymbolVersions = 0x6fffffff, NeededVersions = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    private byte[] _image;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    /// <summary>The version that may be missing, such as GLIBCXX_3.4.32.</summary>
    [Required]
    public string SymbolVersion { get; set; }

    /// <summary>The one symbol of that version that the library names without calling it.</summary>
    [Required]
    public string UncalledSymbol { get; set; }

    public override bool Execute()
    {
        _image = File.ReadAllBytes(Source);
        if (_image.Length < 64 || UInt32(0) != 0x464c457f || _image[4] != 2 || _image[5] != 1)
        {
            Log.LogError("{0} is not a 64-bit little-endian ELF library.", Source);
            return false;
        }

        long needed = Section(NeededVersions);
        long entry = needed < 0 ? -1 : NeededVersion(needed);
        if (entry >= 0)
        {
            string other = OtherSymbolOf(UInt16(entry + 6));
            if (other != null)
            {
                Log.LogError(
                    "{0} uses {1} of {2}: that version cannot be made optional.", Source, other, SymbolVersion);
                return false;
            }

            _image[entry + 4] |= (byte)WeakFlag;
        }

        // Several projects may build at once: each writes a file of its own and puts it in place whole.
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        string written = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(written, _image);
        File.Delete(Destination);
        File.Move(written, Destination);
        return true;
    }

    /// <summary>The file offset of the entry (Elf64_Vernaux) of the version, or -1.</summary>
    private long NeededVersion(long section)
    {
        long names = Contents(SectionHeader(UInt32(section + 40)));
        long file = Contents(section);
        for (uint left = UInt32(section + 44); left > 0; left--)
        {
            long entry = file + UInt32(file + 8);
            for (int count = UInt16(file + 2); count > 0; count--)
            {
                if (Text(names + UInt32(entry + 8)) == SymbolVersion)
                {
                    return entry;
                }

                entry += UInt32(entry + 12);
            }

            file += UInt32(file + 12);
        }

        return -1;
    }

    /// <summary>A dynamic symbol of the version with this index that is not the uncalled one, or null.</summary>
    private string OtherSymbolOf(ushort version)
    {
        long symbols = Section(DynamicSymbols);
        long versions = Contents(Section(SymbolVersions));
        long names = Contents(SectionHeader(UInt32(symbols + 40)));
        long count = (long)UInt64(symbols + 32) / 24;
        for (long i = 0; i < count; i++)
        {
            string name = Text(names + UInt32(Contents(symbols) + i * 24));
            if ((UInt16(versions + i * 2) & 0x7fff) == version && name != UncalledSymbol)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The file offset of the header of the first section of a type, or -1.</summary>
    private long Section(uint type)
    {
        for (uint i = 0; i < UInt16(60); i++)
        {
            if (UInt32(SectionHeader(i) + 4) == type)
            {
                return SectionHeader(i);
            }
        }

        return -1;
    }

    private long SectionHeader(uint index) => (long)UInt64(40) + index * UInt16(58);

    private long Contents(long section) => (long)UInt64(section + 24);

    private string Text(long offset)
    {
        int end = Array.IndexOf(_image, (byte)0, (int)offset);
        return Encoding.ASCII.GetString(_image, (int)offset, end - (int)offset);
    }

    private ushort UInt16(long offset) => BitConverter.ToUInt16(_image, (int)offset);

    private uint UInt32(long offset) => BitConverter.ToUInt32(_image, (int)offset);

    private ulong UInt64(long offset) => BitConverter.ToUInt64(_image, (int)offset);
}
