namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>
/// A key that is set twice, where substitutions decide what holds: a later object is merged over an earlier one, a
/// later missing value leaves the earlier one, any other later value replaces it.
/// </summary>
/// <param name="earlier">The value set first.</param>
/// <param name="later">The value set afterwards.</param>
internal sealed class OverrideNode(HoconNode earlier, HoconNode later) : HoconNode(later.Place)
{
    /// <summary>How many values the key had before, counted along the chain.</summary>
    public int Length { get; } = earlier is OverrideNode chain ? chain.Length + 1 : 1;

    /// <summary>The value set first.</summary>
    public HoconNode Earlier { get; } = earlier;

    /// <summary>The value set afterwards.</summary>
    public HoconNode Later { get; } = later;
}
