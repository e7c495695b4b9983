using R1Reward.Actors.Coordination.Records;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination.Records;

public sealed class JournalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_start_takes_the_next_epoch()
    {
        Assert.Equal(1, Open().Epoch);
        Assert.Equal(2, Open().Epoch);
        Assert.Equal(3, Open().Epoch);
    }

    [Fact]
    public void A_coordinator_that_was_replaced_writes_nothing_more()
    {
        var frozen = Open();
        var current = Open();

        Assert.Throws<FencedException>(() => frozen.Append(JournalKind.StepBegun, 1));
        current.Append(JournalKind.StepBegun, 1);
        Assert.Single(Journal.ReadOnly(_folder.Path), entry => entry.Kind == JournalKind.StepBegun);
    }

    [Fact]
    public void A_line_that_was_cut_off_is_passed_over_and_the_next_one_is_whole()
    {
        Open().Append(JournalKind.ColdStartDone, checkpoint: "checkpoints/sft");
        File.AppendAllText(_folder.At("journal.jsonl"), "{\"Epoch\":1,\"Kind\":\"StepLear");

        var journal = Open();
        journal.Append(JournalKind.StepLearned, 1, "checkpoints/step-1");

        var progress = RunProgress.From(Journal.ReadOnly(_folder.Path));
        Assert.Equal(2, journal.Epoch);
        Assert.True(progress.ColdStartDone);
        Assert.Equal(1, progress.Step);
    }

    [Fact]
    public void Progress_is_the_last_update_that_a_checkpoint_holds()
    {
        var journal = Open();
        journal.Append(JournalKind.ColdStartDone, checkpoint: "checkpoints/sft");
        journal.Append(JournalKind.Evaluated, evaluation: "sft");
        journal.Append(JournalKind.StepLearned, 1);
        journal.Append(JournalKind.StepLearned, 2, "checkpoints/step-2");
        journal.Append(JournalKind.StepLearned, 3);

        var progress = RunProgress.From(journal.Entries);

        Assert.Equal((2, "checkpoints/step-2", false), (progress.Step, progress.Checkpoint, progress.Finished));
        Assert.Contains("sft", progress.Evaluated);
    }

    private Journal Open() => Journal.Open(_folder.Path, new ManualTime());
}
