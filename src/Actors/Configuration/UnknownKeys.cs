using Akka.Configuration;
using R1Reward.Actors.Configuration.Engine;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;
using R1Reward.Data.Text;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Refuses keys that the reference configuration does not have, and those under <c>akka</c> that are slips of a known
/// one: a misspelt key would be ignored in silence.
/// </summary>
internal static class UnknownKeys
{
    private const int MaxCompared = 200;

    // Sections whose keys the user names.
    private static readonly string[] Open =
        ["r1reward.judge.headers.", "r1reward.judge.query.", "r1reward.judge.body."];

    /// <summary>Checks what a user wrote.</summary>
    /// <exception cref="UserErrorException">Each unknown key with its line and the nearest known one.</exception>
    public static void Refuse(ConfigSource source, Config reference)
    {
        var known = HoconTree.Leaves(reference).ToHashSet(StringComparer.Ordinal);
        var engine = new EngineKeys(source.Keys);
        var unknown = source.Keys
            .Where(key => IsEngines(key) ? engine.IsMisspelt(key) : !known.Contains(key) && !IsOpen(key))
            .ToList();
        if (unknown.Count > 0)
        {
            throw UserErrorException.ForAll(unknown, key => Describe(key, source, known));
        }

        var nulls = source.Nulls.Where(key => !IsOpen(key)).ToList();
        if (nulls.Count > 0)
        {
            throw UserErrorException.ForAll(
                nulls,
                key => $"{source.PlaceOf(key)}: {key} = null: leave the key out to keep its default, or write \"\".");
        }
    }

    private static bool IsOpen(string key) => Open.Any(section => key.StartsWith(section, StringComparison.Ordinal));

    private static bool IsEngines(string key) => key == "akka" || key.StartsWith("akka.", StringComparison.Ordinal);

    private static string Describe(string key, ConfigSource source, IReadOnlyCollection<string> known)
    {
        // A key of thousands of characters is near to nothing.
        var written = key.Length > MaxCompared ? key[..MaxCompared] : key;
        var names = IsEngines(key) ? EngineReference.Keys : known.Where(name => !IsEngines(name));
        if (names.FirstOrDefault(name => name.StartsWith($"{key}.", StringComparison.Ordinal)) is { } within)
        {
            return $"{source.PlaceOf(key)}: {key}: a block of keys, not a key. Write for example {within} = VALUE.";
        }

        var nearest = IsEngines(key)
            ? EngineKeys.Nearest(written)
            : names.MinBy(name => EditDistance.Between(written, name));
        return $"{source.PlaceOf(key)}: {Printable.Escape(key)}: unknown key. Did you mean {nearest}?";
    }
}
