using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Bulk;

/// <summary>Bytes of a file that are fetched in one piece.</summary>
/// <param name="File">The file.</param>
/// <param name="Start">The first of them.</param>
/// <param name="Count">How many.</param>
internal sealed record FilePart(BlobFile File, long Start, long Count)
{
    /// <summary>Whether it is all of the file.</summary>
    public bool IsWhole => Count == File.Length;

    /// <summary>The parts of a file, of which only the last may be shorter; one of an empty file.</summary>
    public static IEnumerable<FilePart> Of(BlobFile file, long bytes)
    {
        for (var start = 0L; start == 0 || start < file.Length; start += bytes)
        {
            yield return new FilePart(file, start, Math.Min(bytes, file.Length - start));
        }
    }
}
