using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Traces;
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
    public void A_coordinator_that_was_replaced_records_nothing_more_with_a_line_or_without()
    {
        var replaced = Open();
        var current = Open();
        var written = 0;

        Assert.Throws<FencedException>(() => replaced.Append(JournalKind.Evaluated, record: () => written++));
        Assert.Throws<FencedException>(() => replaced.Record(() => written++));
        Assert.Equal(0, written);

        current.Record(() => written++);
        Assert.Equal((1, 2), (written, Journal.EpochOf(_folder.Path)));
    }

    [Fact]
    public async Task Coordinators_that_start_at_the_same_time_get_an_epoch_each()
    {
        var starts = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Open().Epoch));

        Assert.Equal(Enumerable.Range(1, 8), (await Task.WhenAll(starts)).Order());
    }

    [Fact]
    public void A_line_as_long_as_the_names_of_many_files_is_still_the_last_one()
    {
        var files = Enumerable.Range(0, 200).Select(i => new BlobFile($"model-{i}", i, new string('a', 64))).ToList();
        var weights = new WeightsReference(new PolicyVersion(1), new BlobReference("w", "http://127.0.0.1:1", files));
        var (first, second) = (Open(), Open());
        second.Append(JournalKind.StepLearned, 1, weights: weights);

        Assert.Throws<FencedException>(() => first.Append(JournalKind.StepBegun, 1));
        var progress = RunProgress.From(Open().Entries, served: true);
        Assert.Equal((1, 0, 200), (progress.Step, progress.SavedStep, progress.Weights!.Blob.Files.Count));
    }

    [Fact]
    public void Updates_without_a_checkpoint_count_only_as_long_as_they_are_served_and_not_rolled_back()
    {
        var journal = Open();
        journal.Append(JournalKind.StepLearned, 1, "checkpoints/step-1", weights: MachineRun.Weights(1));
        journal.Append(JournalKind.StepLearned, 2, weights: MachineRun.Weights(2));
        journal.Append(JournalKind.Evaluated, 2, evaluation: "step-2");
        Assert.Equal(2, RunProgress.From(journal.Entries, served: true).Step);
        Assert.Contains("step-2", RunProgress.From(journal.Entries, served: true).Evaluated);
        Assert.Equal(1, RunProgress.From(journal.Entries).Step);

        journal.Append(JournalKind.RolledBack, 1);
        Assert.Equal(1, RunProgress.From(journal.Entries, served: true).Step);

        journal.Append(JournalKind.StepLearned, 2, "checkpoints/step-2", weights: MachineRun.Weights(2));
        var progress = RunProgress.From(journal.Entries, served: true);
        Assert.Equal((2, (object?)null), (progress.Step, progress.Weights));
        Assert.DoesNotContain("step-2", progress.Evaluated);
    }

    [Fact]
    public void An_update_whose_checkpoint_came_later_is_held_by_it()
    {
        var journal = Open();
        journal.Append(JournalKind.StepLearned, 1, "checkpoints/step-1", weights: MachineRun.Weights(1));
        journal.Append(JournalKind.StepLearned, 2, weights: MachineRun.Weights(2));
        journal.Append(JournalKind.StepSaved, 2, "checkpoints/step-2");

        var progress = RunProgress.From(journal.Entries, served: true);

        Assert.Equal((2, 2, "checkpoints/step-2"), (progress.Step, progress.SavedStep, progress.Checkpoint));
        Assert.Null(progress.Weights);
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

    [Fact]
    public void A_journal_that_an_earlier_release_wrote_is_read()
    {
        File.WriteAllText(_folder.At("journal.jsonl"), """
            {"Epoch":1,"At":"2026-01-02T03:04:05+00:00","Kind":"EpochStarted","Step":0}
            {"Epoch":1,"At":"2026-01-02T03:04:06+00:00","Kind":"ColdStartDone","Step":0,"Checkpoint":"checkpoints/sft"}
            {"Epoch":1,"At":"2026-01-02T03:04:07+00:00","Kind":"Evaluated","Step":0,"Evaluation":"sft"}
            {"Epoch":1,"At":"2026-01-02T03:04:08+00:00","Kind":"StepLearned","Step":1,"Checkpoint":"checkpoints/step-1"}
            {"Epoch":1,"At":"2026-01-02T03:04:09+00:00","Kind":"Evaluated","Step":1,"Evaluation":"step-1"}
            {"Epoch":1,"At":"2026-01-02T03:04:10+00:00","Kind":"StepLearned","Step":2}
            {"Epoch":1,"At":"2026-01-02T03:04:11+00:00","Kind":"Evaluated","Step":2,"Evaluation":"step-2"}

            """);

        var progress = RunProgress.From(Open().Entries);

        Assert.Equal((true, 1, "checkpoints/step-1"), (progress.ColdStartDone, progress.Step, progress.Checkpoint));
        Assert.Equal(["sft", "step-1"], progress.Evaluated.Order());
        var own = File.ReadLines(_folder.At("journal.jsonl")).Last();
        Assert.Matches("""^\{"Epoch":2,"At":"[^"]+","Kind":"EpochStarted","Step":0\}$""", own);
    }

    private Journal Open() => Journal.Open(_folder.Path, new ManualTime());
}
