using R1Reward.Policy.Optimization;
using R1Reward.Policy.Safetensors;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// The state of an optimiser in files of which each holds one rank's part: a weight that is cut lies in several, one
/// piece after the other in the order of the files.
/// </summary>
internal sealed class StoredState
{
    private readonly ILookup<string, (SafetensorsFile File, long[] Shape, long Count)> _pieces;

    internal StoredState(IReadOnlyList<SafetensorsFile> files) => _pieces = files
        .SelectMany(file => file.Entries.Select(entry => (entry.Name, File: file, entry.Shape)))
        .ToLookup(
            piece => piece.Name,
            piece => (piece.File, piece.Shape, piece.Shape.Aggregate(1L, (product, size) => product * size)));

    /// <summary>
    /// Whether the files hold all of the weight that a slice is of, in its shape where it is in one piece.
    /// </summary>
    internal bool Fits(StateSlice slice)
    {
        var pieces = _pieces[slice.Name].ToList();
        return pieces.Count == 1
            ? pieces[0].Shape.SequenceEqual(slice.Shape)
            : pieces.Sum(piece => piece.Count) == slice.WholeCount && pieces.Count > 0;
    }

    /// <summary>Reads a slice, from as many files as it lies in.</summary>
    internal void CopyTo(StateSlice slice)
    {
        var (start, end, begin) = (slice.Start, slice.Start + slice.Flat.numel(), 0L);
        foreach (var (file, _, count) in _pieces[slice.Name])
        {
            var (from, to) = (Math.Max(start, begin), Math.Min(end, begin + count));
            if (from < to)
            {
                file.CopyTo(slice.Name, slice.Flat.narrow(0, from - start, to - from), from - begin);
            }

            begin += count;
        }
    }
}
