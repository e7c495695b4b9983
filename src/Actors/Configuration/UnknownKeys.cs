using Akka.Configuration;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;
using R1Reward.Data.Text;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Refuses keys under <c>r1reward</c> that the reference configuration does not have: a misspelt key would be ignored
/// in silence.
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
        var unknown = source.Keys
            .Where(key => key.Split('.')[0] != "akka" && !known.Contains(key) && !IsOpen(key))
            .ToList();
        if (unknown.Count > 0)
        {
            throw UserErrorException.ForAll(unknown, key => Describe(key, source, known));
        }
    }

    private static bool IsOpen(string key) => Open.Any(section => key.StartsWith(section, StringComparison.Ordinal));

    private static string Describe(string key, ConfigSource source, IEnumerable<string> known)
    {
        // A key of thousands of characters is near to nothing.
        var written = key.Length > MaxCompared ? key[..MaxCompared] : key;
        var nearest = known
            .Where(name => !name.StartsWith("akka.", StringComparison.Ordinal))
            .MinBy(name => EditDistance.Between(written, name));
        return $"{source.PlaceOf(key)}: {Printable.Escape(key)}: unknown key. Did you mean {nearest}?";
    }
}
