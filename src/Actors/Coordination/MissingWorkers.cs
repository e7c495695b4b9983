using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// Says which workers a run needs and its cluster lacks, once they have been missing for longer than a node takes to
/// start.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class MissingWorkers(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenNews = TimeSpan.FromMinutes(1);

    private readonly Dictionary<WorkKind, long> _since = [];
    private long? _told;

    /// <summary>What the run waits for, and the line that would start it; empty while nothing is missing.</summary>
    public string Message { get; private set; } = "";

    /// <summary>For how long a kind of work has had no worker; zero while it has one.</summary>
    public TimeSpan Since(WorkKind kind) =>
        _since.TryGetValue(kind, out var since) ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Takes in how things stand.</summary>
    /// <param name="needed">The kinds of work that wait to be done or are sure to come.</param>
    /// <param name="present">Workers by kind.</param>
    /// <returns>The message if it is time to say it, now or again; else null.</returns>
    public string? Look(IEnumerable<WorkKind> needed, IReadOnlyDictionary<WorkKind, int> present)
    {
        var missing = needed.Where(kind => present.GetValueOrDefault(kind) == 0).ToHashSet();
        foreach (var kind in _since.Keys.Where(kind => !missing.Contains(kind)).ToList())
        {
            _since.Remove(kind);
        }

        foreach (var kind in missing)
        {
            _since.TryAdd(kind, time.GetTimestamp());
        }

        var roles = missing
            .Where(kind => time.GetElapsedTime(_since[kind]) >= Patience)
            .Order()
            .Select(RoleOf)
            .ToList();
        var message = roles.Count == 0 ? "" : Describe(string.Join(", ", roles));
        var isNews = message.Length > 0
            && (message != Message || _told is not { } told || time.GetElapsedTime(told) >= BetweenNews);
        Message = message;
        if (!isNews)
        {
            return null;
        }

        _told = time.GetTimestamp();
        return message;
    }

    private static string Describe(string roles) =>
        $"waiting for a node with the role of: {roles}. The cluster has none; start `r1reward node --config FILE` with "
        + $"r1reward.node.roles = [{roles}] in FILE";

    private static string RoleOf(WorkKind kind) => kind switch
    {
        WorkKind.Score => "reward",
        WorkKind.Learn => "learner",
        _ => $"{kind}".ToLowerInvariant(),
    };
}
