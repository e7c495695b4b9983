using Akka.Configuration;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;

namespace R1Reward.Actors.Configuration;

/// <summary>A configuration file with what its messages need: its values, its name and where each key stands.</summary>
public sealed record ConfigSource
{
    private readonly HoconDocument _document;
    private readonly Lazy<Config> _config;

    private readonly bool _isFile;

    private ConfigSource(HoconDocument document, string name, string folder, bool isFile)
    {
        _isFile = isFile;
        _document = document;
        Name = name;
        Folder = folder;
        _config = new Lazy<Config>(() => ConfigurationFactory.ParseString(document.Canonical));
    }

    /// <summary>
    /// The values of this file alone, without defaults. Read when they are asked for: of a large file with an unknown
    /// key nothing else is.
    /// </summary>
    public Config Config => _config.Value;

    /// <summary>File name as messages show it.</summary>
    public string Name { get; }

    /// <summary>Whether it states every key, so that what stands in it is not what a user chose.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Folder that relative paths of the file start at.</summary>
    public string Folder { get; }

    /// <summary>Dotted paths of all values of the file; a list counts as one value.</summary>
    public IReadOnlyList<string> Keys => _document.Keys;

    /// <summary>Those of them whose value is null.</summary>
    public IReadOnlyList<string> Nulls => _document.Nulls;

    /// <summary>Reads a file with its includes (<c>include "other.conf"</c>, relative to the including file).</summary>
    /// <exception cref="UserErrorException">The file is missing or does not parse; with line and column.</exception>
    public static ConfigSource FromFile(string path)
    {
        if (!Path.Exists(path))
        {
            throw new UserErrorException(
                $"{path}: no such configuration file. Name an existing one, for example hocon/quickstart.conf.");
        }

        var document = HoconDocument.Read(path, Environment.GetEnvironmentVariable);
        return new ConfigSource(document, path, Path.GetDirectoryName(Path.GetFullPath(path))!, isFile: true);
    }

    /// <summary>Reads a text that comes from no file.</summary>
    /// <exception cref="UserErrorException">It does not parse; with line and column.</exception>
    public static ConfigSource FromText(string text, string name, string folder) =>
        new(HoconDocument.Parse(text, name, folder, Environment.GetEnvironmentVariable), name, folder, isFile: false);

    /// <summary>
    /// Where a key was last set, as messages begin: <c>file:line:column</c>, the file being the included one where an
    /// include set it. The name of the source where the key is not in it, or comes from no file.
    /// </summary>
    public string PlaceOf(string key) =>
        _document.PlaceOf(key) is { } place && (_isFile || place.File != Name) ? $"{place}" : Name;
}
