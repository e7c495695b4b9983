using R1Reward.Data.Pairs;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Tests;

public sealed class WaitingGroupsTests(Factory factory) : IClassFixture<Factory>
{
    private readonly WaitingGroups _waiting = new();

    [Fact]
    public void A_group_goes_to_the_part_with_the_fewest_sequences()
    {
        Add("a", 4);
        Add("b", 2);
        Add("c", 2);

        Assert.Equal([("a", 4, 1), ("b", 2, 0), ("c", 2, 0)], Share([1, 0], room: 16));
    }

    [Fact]
    public void Groups_stay_until_a_part_has_room()
    {
        Add("a", 4);
        Add("b", 4);
        Add("c", 4);

        Assert.Equal([("a", 4, 0), ("b", 4, 1)], Share([1, 1], room: 4));
        Assert.Equal(1, _waiting.Count);
        Assert.Equal([("c", 4, 1)], Share([4, 3], room: 4));
    }

    [Fact]
    public void The_samples_of_a_single_prompt_are_shared_out_among_idle_parts()
    {
        Add("a", 5);

        Assert.Equal([("a", 2, 0), ("a", 2, 1), ("a", 1, 2)], Share([0, 0, 0], room: 8));
    }

    [Fact]
    public void A_single_prompt_stays_whole_where_only_one_part_is_idle()
    {
        Add("a", 4);

        Assert.Equal([("a", 4, 1)], Share([3, 0], room: 8));
    }

    [Fact]
    public void A_request_that_is_dropped_is_shared_out_no_more()
    {
        Add("a", 1);
        Add("b", 1);
        _waiting.Remove("a");

        Assert.Equal([("b", 1, 0)], Share([0], room: 8));
    }

    private (string Request, int Samples, int Part)[] Share(int[] loads, int room) =>
        [.. _waiting.Share(loads, room).Select(shared =>
            (shared.Group.Sequences[0].Request, shared.Group.Sequences.Count, shared.Part))];

    private void Add(string request, int samples)
    {
        var asked = new GenerationRequest
        {
            Id = request,
            Pair = new PairId(request),
            PromptTokens = [1, 2],
            Seed = 1,
            Sampling = new SamplingOptions(),
        };
        _waiting.Add(new SequenceGroup(
            asked.PromptTokens,
            [.. Enumerable.Range(0, samples).Select(sample =>
                new Sequence(asked, sample, 64, factory.Tokenizer, new HashSet<int>()))]));
    }
}
