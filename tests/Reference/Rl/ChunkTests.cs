using R1Reward.Data.Evaluation;
using R1Reward.Data.Media;

namespace R1Reward.Reference.Tests.Rl;

public sealed class ChunkTests
{
    [ReferenceTheory("rl-and-rewards", "r1_chunks_and_frames")]
    public void Chunks_and_frames_are_those_of_the_published_evaluators(string @case)
    {
        var file = new RlCase(@case);
        Assert.All(file.Json["chunks"]!, row =>
        {
            var (rows, chunks) = ((int)row["rows"]!, (int)row["chunks"]!);
            Assert.Equal(row["sizes"]!.Select(size => (int)size), RowChunks.Of(rows, chunks).Select(range => range.End.Value - range.Start.Value));
        });
        Assert.All(file.Json["frames"]!, row => Assert.Equal(row["picked"]!.Select(index => (int)index), VideoFrames.Pick((int)row["frames"]!)));
    }
}
