using R1Reward.Data.Text;

namespace R1Reward.Actors.Configuration.Engine;

/// <summary>
/// Tells misspelt keys under <c>akka</c> from those that the user may name and from sections of extensions, of which
/// this program knows nothing.
/// </summary>
/// <param name="written">Dotted paths of all keys that the user's file has.</param>
internal sealed class EngineKeys(IReadOnlyList<string> written)
{
    private const int MaxSlips = 2;

    // Blocks whose entries the user names.
    private static readonly string[] Named =
    [
        "akka.actor.deployment", "akka.actor.mailbox.requirements", "akka.actor.router.type-mapping",
        "akka.actor.serialization-bindings", "akka.actor.serialization-identifiers",
        "akka.actor.serialization-settings", "akka.actor.serializers", "akka.cluster.role",
        "akka.cluster.r1reward-dispatcher", "akka.coordinated-shutdown.phases", "akka.remote.adapters",
    ];

    // Blocks in which extensions have blocks of their own, each with the engine's.
    private static readonly Dictionary<string, string[]> Extended = new[] { "akka", "akka.actor", "akka.cluster" }
        .ToDictionary(block => block, block => EngineReference.Blocks.Where(inner => IsWithin(inner, block)).ToArray());

    // Keys of a block that a class of the user's choice reads: a dispatcher, an executor, a mailbox.
    private static readonly string[] Chosen = ["type", "executor", "mailbox-type", "class"];

    private readonly Lazy<HashSet<string>> _written = new(() => written.ToHashSet(StringComparer.Ordinal));
    private readonly Dictionary<string, bool> _open = new(StringComparer.Ordinal);

    /// <summary>Whether a key is none that the engine, an extension or a class of the user's choice may read.</summary>
    public bool IsMisspelt(string key)
    {
        if (EngineReference.Keys.Contains(key) || EngineReference.Above(key).Any(IsOpen))
        {
            return false;
        }

        var block = BlockOf(key);
        return !IsBlockOfExtension(key, block) || NearestBlock(key, block) is not null;
    }

    /// <summary>The known key that a misspelt one is nearest to.</summary>
    public static string Nearest(string key)
    {
        var block = BlockOf(key);
        var meant = IsBlockOfExtension(key, block) && NearestBlock(key, block) is { } near
            ? near + key[Child(key, block).Length..]
            : key;
        var within = BlockOf(meant) + ".";
        return EngineReference.Keys
            .Where(name => name.StartsWith(within, StringComparison.Ordinal))
            .OrderBy(name => EditDistance.Between(Last(meant), Last(name)))
            .ThenBy(name => EditDistance.Between(meant, name))
            .First();
    }

    private static string Last(string key) => key[(key.LastIndexOf('.') + 1)..];

    private static bool IsWithin(string inner, string block) =>
        inner.LastIndexOf('.') == block.Length && inner.StartsWith(block, StringComparison.Ordinal);

    private static string BlockOf(string key) =>
        EngineReference.Above(key).FirstOrDefault(EngineReference.Blocks.Contains, "akka");

    // The part of a key down to the first name that the engine does not know.
    private static string Child(string key, string block)
    {
        var dot = key.Length > block.Length ? key.IndexOf('.', block.Length + 1) : -1;
        return dot < 0 ? key : key[..dot];
    }

    private static bool IsBlockOfExtension(string key, string block) =>
        Extended.ContainsKey(block) && Child(key, block).Length < key.Length;

    private static string? NearestBlock(string key, string block)
    {
        var child = Child(key, block);
        var slips = Math.Min(MaxSlips, (child.Length - block.Length - 1) / 3);
        return Extended[block].FirstOrDefault(
            name => Math.Abs(name.Length - child.Length) <= slips && EditDistance.Between(name, child) <= slips);
    }

    private bool IsOpen(string block)
    {
        if (!_open.TryGetValue(block, out var open))
        {
            // A transport of the user's own, too, but not the engine's, whose keys are known.
            open = Named.Contains(block)
                || (!EngineReference.Blocks.Contains(block) && _written.Value.Contains($"{block}.transport-class"))
                || Chosen.Any(name => EngineReference.Keys.Contains($"{block}.{name}")
                    || _written.Value.Contains($"{block}.{name}"));
            _open[block] = open;
        }

        return open;
    }
}
