using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Optimization;

/// <summary>A part of an optimiser's state that a rank has in memory.</summary>
/// <param name="Rank">Which of the ranks of now has it.</param>
/// <param name="Cut">The part, of as many as there were ranks when it was cut.</param>
/// <param name="Copy">Which of the rank's copies it is; null: what it steps on itself.</param>
internal sealed record HeldPart(int Rank, RankCut Cut, int? Copy = null)
{
    /// <summary>
    /// Cuts elements into runs and says which part each is taken from: the first that holds it.
    /// </summary>
    /// <param name="length">Number of elements.</param>
    /// <param name="held">All parts that anyone holds.</param>
    /// <returns>The runs in ascending order; null where an element is in none of the parts.</returns>
    internal static IReadOnlyList<(HeldPart From, long Start, long Count)>? Cover(
        long length, IReadOnlyList<HeldPart> held)
    {
        var runs = new List<(HeldPart, long, long)>();
        var places = held.Select(part => (Part: part, Place: part.Cut.Of(length))).ToList();
        long[] bounds =
        [
            .. places.SelectMany(held => new[] { held.Place.Start, held.Place.Start + held.Place.Count })
                .Concat([0, length]).Distinct().Order(),
        ];
        foreach (var (start, end) in bounds.Zip(bounds.Skip(1)))
        {
            var (from, _) = places.Find(held =>
                held.Place.Start <= start && end <= held.Place.Start + held.Place.Count);
            if (from is null)
            {
                return null;
            }

            runs.Add((from, start, end - start));
        }

        return runs;
    }
}
