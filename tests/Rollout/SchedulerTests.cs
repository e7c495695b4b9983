using R1Reward.Rollout;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Tests;

public sealed class SchedulerTests : IClassFixture<Factory>
{
    private const int Ample = 10_000;

    private readonly Factory _factory;

    public SchedulerTests(Factory factory) => _factory = factory;

    [Fact]
    public void Groups_run_in_order_and_only_whole()
    {
        var scheduler = new Scheduler(maxSequences: 4, maxPrefillTokens: Ample, cacheTokens: Ample);
        scheduler.Add(Group("a", 3));
        scheduler.Add(Group("b", 3));
        Assert.Single(scheduler.Admit());
        Assert.Equal(3, scheduler.Running.Count);
        Assert.Empty(scheduler.Admit());
        Finish(scheduler, 0, 1);
        scheduler.Retire();
        Assert.Single(scheduler.Admit());
        Assert.Equal(4, scheduler.Running.Count);
    }

    [Fact]
    public void One_prefill_holds_no_more_prompt_tokens_than_allowed_and_one_number_of_samples()
    {
        var scheduler = new Scheduler(
            maxSequences: 16,
            maxPrefillTokens: 2 * Group("red red red", 1).PromptTokens.Length,
            cacheTokens: Ample);
        scheduler.Add(Group("red", 1));
        scheduler.Add(Group("red red red", 1));
        scheduler.Add(Group("red", 1));
        scheduler.Add(Group("red", 2));
        Assert.Equal(2, scheduler.Admit().Count);
        Assert.Single(scheduler.Admit());
        Assert.Equal(2, Assert.Single(scheduler.Admit()).Sequences.Count);
    }

    [Fact]
    public void Long_prompt_runs_alone()
    {
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: 1, cacheTokens: Ample);
        scheduler.Add(Group("red red red", 1));
        scheduler.Add(Group("red", 1));
        Assert.Single(scheduler.Admit());
        Assert.Single(scheduler.Admit());
    }

    [Fact]
    public void What_runs_together_fits_the_cache_at_the_length_of_the_longest()
    {
        // Room is taken in steps of 64 tokens.
        var (first, longer) = (Group("red", 1), Group("red", 1, length: 120));
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: Ample, cacheTokens: 300);
        foreach (var group in (SequenceGroup[])[first, Group("red", 1), longer, Group("red", 1)])
        {
            scheduler.Add(group);
        }

        Assert.Equal([20, 120], [first.MaxLength, longer.MaxLength]);
        Assert.Equal(2, scheduler.Admit().Count);
        Assert.Empty(scheduler.Admit());
        Finish(scheduler, 0);
        scheduler.Retire();
        Assert.Same(longer.Sequences[0], Assert.Single(scheduler.Admit()).Sequences[0]);
        Assert.Equal(120, scheduler.Length);
        Assert.Empty(scheduler.Admit());
    }

    [Fact]
    public void Sequence_longer_than_the_cache_runs_alone()
    {
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: Ample, cacheTokens: 30);
        scheduler.Add(Group("red", 1));
        scheduler.Add(Group("red", 1, length: 40));
        Assert.Equal(20, Assert.Single(scheduler.Admit()).MaxLength);
        Finish(scheduler, 0);
        scheduler.Retire();
        Assert.Equal(40, Assert.Single(scheduler.Admit()).MaxLength);
    }

    [Theory]
    [InlineData(16, Ample)]
    [InlineData(256, 16 * 64)]
    public void Single_free_rows_wait_for_more_so_that_prompts_are_computed_together(int maxSequences, int cacheTokens)
    {
        var scheduler = new Scheduler(maxSequences, maxPrefillTokens: Ample, cacheTokens);
        for (var i = 0; i < 20; i++)
        {
            scheduler.Add(Group("red", 1));
        }

        Assert.Equal(16, scheduler.Admit().Count);
        Finish(scheduler, 5);
        scheduler.Retire();
        Assert.Empty(scheduler.Admit());
        Finish(scheduler, 5);
        scheduler.Retire();
        Assert.Equal(2, scheduler.Admit().Count);
    }

    [Fact]
    public void Retiring_closes_gaps_with_the_last_row()
    {
        var scheduler = new Scheduler(maxSequences: 8, maxPrefillTokens: Ample, cacheTokens: Ample);
        scheduler.Add(Group("red", 6));
        scheduler.Admit();
        var rows = scheduler.Running.ToList();
        Finish(scheduler, 1, 4, 5);
        Assert.Equal([5, 4, 1], scheduler.Retire().Select(retired => retired.Row));
        Assert.Equal([rows[0], rows[3], rows[2]], scheduler.Running);
        Assert.True(scheduler.HasWork);
    }

    [Fact]
    public void Group_that_can_never_run_whole_runs_in_parts()
    {
        var scheduler = new Scheduler(maxSequences: 16, maxPrefillTokens: Ample, cacheTokens: 4 * 64);
        var group = Group("red", 5);
        scheduler.Add(group);
        var seen = new List<Sequence>();
        while (scheduler.HasWork)
        {
            var parts = scheduler.Admit();
            Assert.All(parts, part => Assert.InRange(part.Sequences.Count, 1, 2));
            Assert.InRange(scheduler.Running.Count, 1, 4);
            seen.AddRange(parts.SelectMany(part => part.Sequences));
            Finish(scheduler, 0);
            scheduler.Retire();
        }

        Assert.Equal(group.Sequences, seen);
    }

    [Fact]
    public void A_removed_request_leaves_its_rows_and_its_place_in_the_queue()
    {
        var scheduler = new Scheduler(maxSequences: 4, maxPrefillTokens: Ample, cacheTokens: Ample);
        var stays = Group("stays", 1);
        scheduler.Add(Group("leaves", 3));
        scheduler.Admit();
        scheduler.Add(stays);
        scheduler.Admit();
        scheduler.Add(Group("leaves", 2));

        var removed = scheduler.Remove("leaves");

        Assert.Equal([2, 1, 0], removed.Select(taken => taken.Row));
        Assert.Same(stays.Sequences[0], Assert.Single(scheduler.Running));
        Assert.Empty(scheduler.Admit());
        Finish(scheduler, 0);
        scheduler.Retire();
        Assert.False(scheduler.HasWork);
    }

    private static void Finish(Scheduler scheduler, params int[] rows)
    {
        foreach (var row in rows)
        {
            while (scheduler.Running[row].Finish is null)
            {
                scheduler.Running[row].Append(new TokenChoice(0, 0, 0));
            }
        }
    }

    private SequenceGroup Group(string prompt, int samples, int length = 20)
    {
        var request = _factory.Request(prompt, samples, sampling: new SamplingOptions { MaxNewTokens = length });
        var tokenizer = _factory.Tokenizer;
        var sequences = Enumerable.Range(0, samples)
            .Select(sample => new Sequence(request, sample, length, tokenizer, tokenizer.StopIds));
        return new SequenceGroup(request.PromptTokens, [.. sequences]);
    }
}
