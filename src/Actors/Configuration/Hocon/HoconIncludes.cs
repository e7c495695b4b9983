using R1Reward.Data;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Reads the files that a configuration includes, each relative to the file that includes it.</summary>
/// <param name="folder">The folder of the including file.</param>
/// <param name="at">Keys under which that file itself is included.</param>
/// <param name="chain">The files that lead to here, each included by the one before it.</param>
internal sealed class HoconIncludes(string folder, IReadOnlyList<string> at, IReadOnlyList<string> chain)
{
    // Shared by all files of one configuration.
    private int[] _count = [0];

    /// <summary>Keys under which the file that is being read is included.</summary>
    public IReadOnlyList<string> At => at;

    /// <summary>Reads an included file into the block that includes it.</summary>
    /// <exception cref="UserErrorException">It is missing, includes itself, or is wrong.</exception>
    public void ReadInto(ObjectNode block, IReadOnlyList<string> below, string file, HoconPlace place)
    {
        var path = Path.GetFullPath(file, folder);
        if (!File.Exists(path))
        {
            throw HoconCursor.Error(place, $"{path}: no such file, though it is included. Correct the include line.");
        }

        if (chain.Contains(path))
        {
            throw HoconCursor.Error(
                place, $"files include each other: {string.Join(" -> ", chain.Append(path))}. Remove one include.");
        }

        if (chain.Count >= HoconLimits.IncludeDepth)
        {
            throw HoconCursor.Error(
                place, $"more than {HoconLimits.IncludeDepth} files include each other in a chain.");
        }

        if (++_count[0] > HoconLimits.Includes)
        {
            throw HoconCursor.Error(place, $"more than {HoconLimits.Includes} files are included.");
        }

        var text = Read(path, place);
        var inner = new HoconIncludes(Path.GetDirectoryName(path)!, below, [.. chain, path]) { _count = _count };
        var included = new ObjectNode(new HoconPlace(path, 1, 1));
        new HoconParser(new HoconCursor(text, path), inner).ReadInto(included, below);
        foreach (var (name, value, keyPlace) in included.Fields)
        {
            HoconFields.Set(block, [name], [.. below, name], value, appends: false, keyPlace);
        }
    }

    private static string Read(string path, HoconPlace place)
    {
        try
        {
            return HoconText.Read(path);
        }
        catch (UserErrorException error)
        {
            throw new UserErrorException($"{place}: {error.Message}", error);
        }
    }
}
