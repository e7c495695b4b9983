using R1Reward.Data.Evaluation;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Pairs;

public sealed class OrderPolicyTests
{
    private static PreferencePair Pair(int i, PreferenceLabel? label = PreferenceLabel.First) => new()
    {
        Id = new PairId($"p{i}"), Question = $"q{i}", Response1 = "good", Response2 = "bad", Label = label,
    };

    [Fact]
    public void Random_order_is_fair_seeded_and_independent_of_the_neighbours()
    {
        var pairs = Enumerable.Range(0, 1_000).Select(i => Pair(i)).ToList();
        var ordered = OrderPolicy.Apply(pairs, CandidateOrder.Random, 1).ToList();
        Assert.InRange(ordered.Count(pair => pair.Label == PreferenceLabel.Second), 430, 570);
        Assert.All(
            ordered,
            pair => Assert.Equal("good", pair.Label == PreferenceLabel.First ? pair.Response1 : pair.Response2));
        Assert.Equal(ordered.Skip(500), OrderPolicy.Apply(pairs.Skip(500), CandidateOrder.Random, 1));
        Assert.NotEqual(ordered, OrderPolicy.Apply(pairs, CandidateOrder.Random, 2));
    }

    [Fact]
    public void Rows_that_differ_in_a_picture_or_an_id_only_are_shown_in_the_same_order()
    {
        var pairs = Enumerable.Range(0, 20).Select(i => Pair(7) with
        {
            Id = new PairId($"row {i}"), Media = [new MediaItem(MediaKind.Image, $"/folder/{i}.png")],
        });
        Assert.Single(pairs.Select(pair => OrderPolicy.IsExchanged(pair, CandidateOrder.Random, 1)).Distinct());
    }

    [Fact]
    public void Random_order_leaves_pairs_with_a_judgment_to_imitate_alone()
    {
        var pairs = Enumerable.Range(0, 50)
            .Select(i => Pair(i) with { Judgment = "<think></think><answer>1</answer>" })
            .ToList();
        Assert.Equal(pairs, OrderPolicy.Apply(pairs, CandidateOrder.Random, 1));
    }

    [Fact]
    public void Both_orders_follow_each_other_under_different_ids()
    {
        var both = OrderPolicy.Apply([Pair(0), Pair(1)], CandidateOrder.Both, 1).ToList();
        Assert.Equal(["p0", "p0-swapped", "p1", "p1-swapped"], both.Select(pair => pair.Id.Value));
        Assert.Equal((PreferenceLabel.Second, "bad"), (both[1].Label!.Value, both[1].Response1));
    }

    [Fact]
    public void Both_orders_of_a_pair_are_one_group_so_that_only_both_of_them_right_count()
    {
        var both = OrderPolicy.Apply([Pair(0), Pair(1)], CandidateOrder.Both, 1);

        // The first place, always: right in one order of each pair.
        var first = VoteTally.Count([Choice.First]);
        var score = Score.Compute([.. both.Select(pair => Outcome.FromTally(pair, first, "all"))]);

        Assert.Equal((0.5, 0.0, 2), (score.Accuracy!.Value, score.AccPlus!.Value, score.Groups));
    }

    [Fact]
    public void Gold_first_turns_only_pairs_whose_second_response_is_preferred()
    {
        var ordered = OrderPolicy.Apply(
            [
                Pair(0), Pair(1, PreferenceLabel.Second), Pair(2, PreferenceLabel.Tie), Pair(3, null),
            ], CandidateOrder.GoldFirst, 1).ToList();
        Assert.Equal(["good", "bad", "good", "good"], ordered.Select(pair => pair.Response1));
        Assert.Equal(
            [PreferenceLabel.First, PreferenceLabel.First, PreferenceLabel.Tie, null],
            ordered.Select(pair => pair.Label));
    }

    [Fact]
    public void A_split_keeps_groups_together_and_near_the_share()
    {
        var pairs = Enumerable.Range(0, 1_000)
            .Select(i => Pair(i) with { Group = i < 400 ? "large" : $"g{i / 3}" })
            .ToList();
        var split = PairSplit.ByGroup(pairs, 0.2, 5);
        Assert.InRange(split.HeldOut.Count, 195, 200);
        Assert.Equal(1_000, split.Train.Count + split.HeldOut.Count);
        Assert.Empty(split.Train.Select(pair => pair.Group).Intersect(split.HeldOut.Select(pair => pair.Group)));
        Assert.Equal(split.HeldOut, PairSplit.ByGroup(pairs, 0.2, 5).HeldOut);
        Assert.NotEqual(split.HeldOut, PairSplit.ByGroup(pairs, 0.2, 6).HeldOut);
    }

    [Fact]
    public void A_single_group_cannot_be_split()
    {
        var one = new[] { Pair(0) with { Group = "g" }, Pair(1) with { Group = "g" } };
        Assert.Contains("one prompt", Assert.Throws<UserErrorException>(() => PairSplit.ByGroup(one, 0.2, 1)).Message);
    }
}
