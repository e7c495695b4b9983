using Akka.Configuration;
using Akka.Configuration.Hocon;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// A configuration file with what its messages need: the parsed tree, its name and where each key stands.
/// </summary>
/// <param name="Config">The parsed tree of this file alone, without defaults.</param>
/// <param name="Name">File name as messages show it.</param>
/// <param name="Folder">Folder that relative paths of the file start at.</param>
/// <param name="Positions">Lines of the keys.</param>
public sealed record ConfigSource(Config Config, string Name, string Folder, KeyPositions Positions)
{
    /// <summary>Reads a file with its includes (<c>include "other.conf"</c>, relative to the including file).</summary>
    /// <exception cref="UserErrorException">The file is missing or does not parse.</exception>
    public static ConfigSource FromFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException(
                $"{path}: no such configuration file. Name an existing one, for example hocon/quickstart.conf.");
        }

        return FromText(File.ReadAllText(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Parses the text of a configuration.</summary>
    /// <exception cref="UserErrorException">It does not parse.</exception>
    public static ConfigSource FromText(string text, string name, string folder)
    {
        var positions = new KeyPositions(text);
        try
        {
            return new ConfigSource(ConfigurationFactory.ParseString(text, Include(folder)), name, folder, positions);
        }
        catch (Exception error) when (error is not UserErrorException)
        {
            throw new UserErrorException(
                $"{name}: not valid HOCON: {FirstLine(error)} Check braces, quotes and substitutions (addresses and " +
                "URLs need quotes).",
                error);
        }
    }

    private static Func<string, HoconRoot> Include(string folder) => file =>
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path}: no such file, though it is included. Correct the include line.");
        }

        return Parser.Parse(File.ReadAllText(path), Include(Path.GetDirectoryName(Path.GetFullPath(path))!));
    };

    private static string FirstLine(Exception error)
    {
        var line = error.Message.Split('\n')[0].Trim();
        return line.EndsWith('.') ? line : line + ".";
    }
}
