using R1Reward.Actors.Bulk;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs;

public sealed class RunCheckpointsTests
{
    /// <summary>A coordinator may be lost between the writing of a stage's model and its line in the journal.</summary>
    [Theory]
    [InlineData(false, false, "mine sft sft-partial.e1a1 sft.e1a1 srm-partial.e1a1 srm.e1a1")]
    [InlineData(true, false, "mine sft srm-partial.e1a1 srm.e1a1")]
    [InlineData(true, true, "mine sft srm")]
    public async Task A_stage_that_is_trained_stays_until_it_counts(bool coldStart, bool scalar, string left)
    {
        using var root = new TempFolder();
        var folder = new RunFolder(root.Path);
        await using var hub = await BulkHub.StartAsync(new BulkOptions("127.0.0.1", 0, "", root.At("cache")));
        string[] names =
        [
            "mine", "sft", "srm", "sft-partial.e1a1", "srm-partial.e1a1", "sft.e1a1", "srm.e1a1", "sft.e1a2",
            "srm.e1a1.partial", "step-1.e1a1",
        ];
        foreach (var path in names.Select(name => Path.Combine(folder.Checkpoints, name)))
        {
            Directory.CreateDirectory(path);
            if (path.EndsWith("sft", StringComparison.Ordinal) || path.EndsWith(".e1a1", StringComparison.Ordinal))
            {
                new FinishedStage(1, new WorkStopped(null), []).Write(path);
            }
        }

        new RunCheckpoints(folder, keep: 1, hub).CutTo(
            new RunProgress(coldStart, 0, null, new HashSet<string>(), false, scalar));

        var found = Directory.GetDirectories(folder.Checkpoints).Select(path => Path.GetFileName(path));
        Assert.Equal(left.Split(' '), found.Order(StringComparer.Ordinal));
    }
}
