namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>A list of values.</summary>
/// <param name="items">The values in order.</param>
/// <param name="place">Where the list begins.</param>
internal sealed class ListNode(IReadOnlyList<HoconNode> items, HoconPlace place) : HoconNode(place)
{
    /// <summary>The values in order.</summary>
    public IReadOnlyList<HoconNode> Items { get; } = items;
}
