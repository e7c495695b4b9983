using R1Reward.Policy.Exchange;
using R1Reward.Policy.Optimization;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How many workers train together, and how they stay together.</summary>
public sealed record LearnerSettings
{
    /// <summary>Learners that make each update together.</summary>
    public required int Ranks { get; init; }

    /// <summary>Workers that make the cold start together.</summary>
    public required int SftRanks { get; init; }

    /// <summary>Workers that train a scalar model together.</summary>
    public required int SrmRanks { get; init; }

    /// <summary>How long to wait for more learners before those that are there begin.</summary>
    public required TimeSpan GatherTimeout { get; init; }

    /// <summary>By what several learners exchange tensors.</summary>
    public required ExchangeKind Exchange { get; init; }

    /// <summary>How long a learner that says nothing is waited for in the middle of an update.</summary>
    public required TimeSpan ExchangeTimeout { get; init; }

    /// <summary>
    /// Whether each keeps a copy of its state before an update, so that none is lost with a learner.
    /// </summary>
    public required bool KeepsCopy { get; init; }

    /// <summary>Whether each keeps a copy of its neighbour's part of the state, too.</summary>
    public required bool Replicates { get; init; }

    /// <summary>What of weights and optimiser each holds a part of alone.</summary>
    public required Sharding Sharding { get; init; }

    /// <summary>The same of those that make the cold start.</summary>
    public required Sharding SftSharding { get; init; }

    /// <summary>The same of those that train a scalar model.</summary>
    public required Sharding SrmSharding { get; init; }

    /// <summary>
    /// The roles of as few processes of this host as have all ranks, where each process has as many as its devices
    /// give.
    /// </summary>
    /// <param name="learner">Where a process computes as a learner.</param>
    /// <param name="sft">Where it makes the cold start.</param>
    /// <param name="srm">Where it trains a scalar model.</param>
    public IEnumerable<IReadOnlyList<NodeRole>> Processes(
        DeviceSettings learner, DeviceSettings sft, DeviceSettings srm)
    {
        (NodeRole Role, int Count)[] trains =
        [
            (NodeRole.Learner, Needed(Ranks, learner)), (NodeRole.Sft, Needed(SftRanks, sft)),
            (NodeRole.Srm, Needed(SrmRanks, srm)),
        ];
        return Enumerable.Range(0, trains.Max(role => role.Count))
            .Select(process => trains.Where(role => process < role.Count).Select(role => role.Role).ToList());

        static int Needed(int ranks, DeviceSettings devices)
        {
            var each = devices.Each().Count;
            return (ranks + each - 1) / each;
        }
    }

    /// <summary>Reads the keys of a learner that are not those of any device.</summary>
    public static LearnerSettings Read(SettingsReader reader)
    {
        var settings = ReadAll(reader);
        if (settings is { Replicates: true, KeepsCopy: false })
        {
            reader.Refuse(
                "r1reward.learner.replicate", "set keep-copy = on with it, for other ranks have to go back as well");
        }

        return settings;
    }

    private static LearnerSettings ReadAll(SettingsReader reader) => new()
    {
        Ranks = RanksOf(reader, "r1reward.learner"),
        SftRanks = RanksOf(reader, "r1reward.sft-worker"),
        SrmRanks = RanksOf(reader, "r1reward.srm-worker"),
        GatherTimeout = reader.Duration("r1reward.learner.gather-timeout"),
        Exchange = reader.OneOf<ExchangeKind>("r1reward.learner.exchange"),
        ExchangeTimeout = reader.Duration("r1reward.learner.exchange-timeout"),
        Sharding = reader.OneOf<Sharding>("r1reward.learner.sharding"),
        SftSharding = reader.OneOf<Sharding>("r1reward.sft-worker.sharding"),
        SrmSharding = reader.OneOf<Sharding>("r1reward.srm-worker.sharding"),
        KeepsCopy = reader.Flag("r1reward.learner.keep-copy"),
        Replicates = reader.Flag("r1reward.learner.replicate"),
    };

    private static int RanksOf(SettingsReader reader, string section) => reader.Whole(section + ".ranks", 1, 1024);
}
