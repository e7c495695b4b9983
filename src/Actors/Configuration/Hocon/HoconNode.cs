namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>One value of a configuration as it is written.</summary>
/// <param name="place">Where it begins.</param>
internal abstract class HoconNode(HoconPlace place)
{
    /// <summary>Where the value begins.</summary>
    public HoconPlace Place { get; } = place;
}
