using Akka.Configuration;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;
using R1Reward.Data.Text;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Refuses keys under <c>r1reward</c> that the reference configuration does not have: a misspelt key would be ignored
/// in silence.
/// </summary>
public static class UnknownKeys
{
    /// <summary>Checks what a user wrote.</summary>
    /// <exception cref="UserErrorException">Each unknown key with its line and the nearest known one.</exception>
    public static void Refuse(ConfigSource source, Config reference)
    {
        var known = HoconTree.Leaves(reference).ToHashSet(StringComparer.Ordinal);
        var errors = HoconTree.Leaves(source.Config)
            .Where(key => key.Split('.')[0] != "akka" && !known.Contains(key))
            .Select(key => Describe(key, source, known))
            .ToList();
        if (errors.Count > 0)
        {
            throw new UserErrorException(string.Join('\n', errors));
        }
    }

    private static string Describe(string key, ConfigSource source, IEnumerable<string> known)
    {
        var line = source.Positions.LineOf(key) is { } number ? $":{number}" : "";
        var nearest = known
            .Where(name => !name.StartsWith("akka.", StringComparison.Ordinal))
            .MinBy(name => EditDistance.Between(key, name));
        return $"{source.Name}{line}: {key}: unknown key. Did you mean {nearest}?";
    }
}
