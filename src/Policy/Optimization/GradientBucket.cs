using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// A part of a flat gradient buffer that is exchanged at once, as soon as the weights in it have their gradients.
/// </summary>
/// <param name="Group">Which of the buffers it lies in.</param>
/// <param name="Layer">
/// The first layer of the decoder of which it holds something: it is complete with that layer's gradients. -1 where it
/// holds what is complete at the end alone, such as the embedding.
/// </param>
/// <param name="Start">Its first element.</param>
/// <param name="Count">How many elements it has.</param>
internal sealed record GradientBucket(int Group, int Layer, long Start, long Count)
{
    /// <summary>The weights in it, with their offsets in the buffer.</summary>
    internal IEnumerable<(ParameterSpec Spec, long Offset)> Slices(ParameterGroup group) =>
        group.Slices().Where(slice => slice.Offset >= Start && slice.Offset < Start + Count);

    /// <summary>
    /// What a part of it has of each weight: the first element, counted in the weight and in the part, and how many.
    /// </summary>
    internal IEnumerable<(ParameterSpec Spec, long Start, long Place, long Count)> Pieces(
        ParameterGroup group, (long Start, long Count) part)
    {
        foreach (var (spec, offset) in Slices(group))
        {
            var begin = offset - Start;
            var (from, to) = (Math.Max(begin, part.Start), Math.Min(begin + spec.Count, part.Start + part.Count));
            if (from < to)
            {
                yield return (spec, from - begin, from - part.Start, to - from);
            }
        }
    }
}
