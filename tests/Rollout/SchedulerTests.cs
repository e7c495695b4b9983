using R1Reward.Data;
using R1Reward.Rollout;

namespace R1Reward.Rollout.Tests;

public sealed class SchedulerTests : IClassFixture<Factory>
{
    private const int Ample = 10_000;

    private readonly Factory _factory;

    public SchedulerTests(Factory factory) => _factory = factory;

    [Fact]
    public void GroupsRunInOrderAndOnlyWhole()
    {
        var scheduler = new Scheduler(maxSequences: 4, maxPrefillTokens: Ample);
        scheduler.Add(Group("a", 3));
        scheduler.Add(Group("b", 3));
        Assert.Single(scheduler.Admit(Ample));
        Assert.Equal(3, scheduler.Running.Count);
        Assert.Empty(scheduler.Admit(Ample));
        Finish(scheduler, 0, 1);
        scheduler.Retire();
        Assert.Single(scheduler.Admit(Ample));
        Assert.Equal(4, scheduler.Running.Count);
    }

    [Fact]
    public void OnePrefillHoldsNoMorePromptTokensThanAllowedAndOneNumberOfSamples()
    {
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: 2 * Group("red red red", 1).PromptTokens.Length);
        scheduler.Add(Group("red", 1));
        scheduler.Add(Group("red red red", 1));
        scheduler.Add(Group("red", 1));
        scheduler.Add(Group("red", 2));
        Assert.Equal(2, scheduler.Admit(Ample).Count);
        Assert.Single(scheduler.Admit(Ample));
        Assert.Equal(2, Assert.Single(scheduler.Admit(Ample)).Sequences.Count);
    }

    [Fact]
    public void LongPromptRunsAlone()
    {
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: 1);
        scheduler.Add(Group("red red red", 1));
        scheduler.Add(Group("red", 1));
        Assert.Single(scheduler.Admit(Ample));
        Assert.Single(scheduler.Admit(Ample));
    }

    [Fact]
    public void GroupLongerThanTheCacheWaitsUntilNothingRuns()
    {
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: Ample);
        scheduler.Add(Group("red", 1));
        scheduler.Admit(Ample);
        scheduler.Add(Group("blue", 1));
        Assert.Empty(scheduler.Admit(capacity: 3));
        Finish(scheduler, 0);
        scheduler.Retire();
        Assert.Single(scheduler.Admit(capacity: 3));
    }

    [Fact]
    public void SingleFreeRowsWaitForMoreSoThatPromptsAreComputedTogether()
    {
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: Ample);
        for (var i = 0; i < 20; i++)
        {
            scheduler.Add(Group("red", 1));
        }

        Assert.Equal(16, scheduler.Admit(Ample).Count);
        Finish(scheduler, 5);
        scheduler.Retire();
        Assert.Empty(scheduler.Admit(Ample));
        Finish(scheduler, 5);
        scheduler.Retire();
        Assert.Equal(2, scheduler.Admit(Ample).Count);
    }

    [Fact]
    public void RetiringClosesGapsWithTheLastRow()
    {
        var scheduler = new Scheduler(maxSequences: 8, maxPrefillTokens: Ample);
        scheduler.Add(Group("red", 6));
        scheduler.Admit(Ample);
        var rows = scheduler.Running.ToList();
        Finish(scheduler, 1, 4, 5);
        Assert.Equal([5, 4, 1], scheduler.Retire().Select(retired => retired.Row));
        Assert.Equal([rows[0], rows[3], rows[2]], scheduler.Running);
        Assert.True(scheduler.HasWork);
    }

    [Fact]
    public void GroupThatCanNeverRunIsRefused() =>
        Assert.Throws<InvalidOperationException>(() => new Scheduler(2, Ample).Add(Group("red", 3)));

    private static void Finish(Scheduler scheduler, params int[] rows)
    {
        foreach (var row in rows)
        {
            while (scheduler.Running[row].Finish is null)
            {
                scheduler.Running[row].Append(new TokenDraw(0, 0, 0));
            }
        }
    }

    private SequenceGroup Group(string prompt, int samples)
    {
        var request = _factory.Request(prompt, samples);
        return new SequenceGroup(request.PromptTokens, [.. Enumerable.Range(0, samples).Select(sample => new Sequence(request, sample, Ample, _factory.Tokenizer, _factory.Tokenizer.StopIds))]);
    }
}
