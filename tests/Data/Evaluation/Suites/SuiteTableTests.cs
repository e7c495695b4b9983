using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Pairs;
using static R1Reward.Data.Pairs.Choice;
using static R1Reward.Data.Tests.Evaluation.Suites.Judged;

namespace R1Reward.Data.Tests.Evaluation.Suites;

public sealed class SuiteTableTests
{
    [Fact]
    public void VL_RewardBench_has_three_categories_the_share_of_all_and_the_mean_of_the_three()
    {
        var table = SuiteTable.Compute("vl-rewardbench",
        [
            Voted("general", [First]),
            Voted("hallucination", [First]),
            Voted("hallucination", [Second]),
            Voted("hallucination", [null]),
            Voted("reasoning", [First, Second]),
        ])!;
        Assert.Equal(
            ["general", "hallucination", "reasoning", "overall", "macro"], table.Figures.Select(figure => figure.Name));
        AssertShares([1, 1 / 3.0, 0, 0.4, 4 / 9.0], table);
    }

    [Fact]
    public void MM_RLHF_counts_an_id_only_where_all_its_rows_are_right()
    {
        var table = SuiteTable.Compute("mm-rlhf",
        [
            Scored("mcq", 1, 0) with { Group = "a" },
            Scored("long", 1, 2) with { Group = "a" },
            Scored("mcq", 1, 0) with { Group = "b" },
            Scored("video", 1, 1) with { Group = "c" },
        ])!;
        AssertShares([1, 0, null, null, 0, 0.5, 1 / 3.0], table);
        Assert.Equal("ACC+", table.Figures[^1].Name);
    }

    [Fact]
    public void Multimodal_RewardBench_begins_with_the_share_of_all_rows()
    {
        var table = SuiteTable.Compute("multimodal-rewardbench",
        [
            Voted("vqa", [First]), Voted("vqa", [Second]), Voted("safety/bias", [First]), Voted("knowledge", [First]),
        ])!;
        AssertShares([0.75, null, null, 1, null, null, 1, null, 0.5], table);
    }

    [Fact]
    public void JudgeBench_adds_and_takes_away_both_games()
    {
        var table = SuiteTable.Compute("judgebench",
        [
            Voted("knowledge", [First], First),        // 2: right
            Voted("knowledge", [First], [null]),       // 1: right
            Voted("knowledge", [First], Second),       // 0
            Voted("math", [null], [null]),             // 0
            Voted("math", [Second], [null]),           // -1
            Voted("math", [First, Second], First),     // an even vote and 1: right
            Scored("coding", 2, 1),                    // one game
            Scored("coding", 1, 1),
        ])!;
        AssertShares([2 / 3.0, null, 1 / 3.0, 0.5, 0.5], table);
    }

    [Fact]
    public void RM_Bench_is_the_mean_of_styles_and_then_of_domains()
    {
        // Chat: hard 0 of 1, normal 1 of 2, easy 1 of 1: mean 0.5. Both safety domains are one: 1, 1, 0.5.
        var table = SuiteTable.Compute("rm-bench",
        [
            Scored("chat/hard", 1, 2), Scored("chat/normal", 1, 1), Scored("chat/normal", 2, 1),
            Scored("chat/easy", 2, 1),
            Scored("safety-refuse/hard", 2, 1), Scored("safety-response/normal", 2, 1),
            Scored("safety-refuse/easy", 2, 1), Scored("safety-response/easy", 1, 2),
            .. Whole("math"), .. Whole("code"),
        ])!;
        Assert.Equal(
            ["chat", "math", "code", "safety", "hard", "normal", "easy", "average"],
            table.Figures.Select(figure => figure.Name));
        AssertShares([0.5, 1, 1, 2.5 / 3, 0.75, 3.5 / 4, 3.5 / 4, (0.75 + 0.875 + 0.875) / 3], table);
    }

    [Fact]
    public void The_file_of_one_domain_says_of_how_many_its_mean_is()
    {
        var table = SuiteTable.Compute("rm-bench", [.. Whole("alpacaeval")])!;
        Assert.Equal(1, table["average of 1"]);
        Assert.Equal(1, table["alpacaeval"]);
        Assert.Null(table["chat"]);
    }

    [Fact]
    public void RewardBench_2_shares_a_highest_rating_and_takes_the_mean_of_six()
    {
        var table = SuiteTable.Compute("rewardbench2",
        [
            .. Rated("Factuality", "1", [2], 1, 0, -1),
            .. Rated("Factuality", "2", [2], 2, 2.5, 0),
            .. Rated("Precise IF", "3", [2], 2, 1, 0),
            .. Rated("Math", "4", [2], 2, 2, 1),
            .. Rated("Safety", "5", [2], 1, 0, -1),
            .. Rated("Focus", "6", [2], 1, 0, -1),
            .. Rated("Ties", "ref:1", [2], 0.5, 0.1),
            .. Rated("Ties", "ref:2", [1], 1.5, 0.2),
            .. Rated("Ties", "tied:1", [3, 2.5], 1, 0.5),
            .. Rated("Ties", "tied:2", [1, 0.8], 0.9, 0.1),
        ])!;
        AssertShares([0.5, 0.5, 1 / 3.0, 1, 1, 0.49982925, (0.5 + 0.5 + (1 / 3.0) + 1 + 1 + 0.49982925) / 6], table);
    }

    [Fact]
    public void Gap_and_spread_of_nothing_add_nothing_and_equal_right_replies_are_as_close_as_can_be()
    {
        double Ties(double wrong)
        {
            PairResult[] pairs = [.. Rated("Ties", "ref:1", [1], 0), .. Rated("Ties", "tied:1", [1], wrong)];
            return SuiteTable.Compute("rewardbench2", pairs)!["Ties"]!.Value;
        }

        Assert.Equal(0.3, Ties(wrong: 1), 1e-9);
        Assert.Equal(0.3 + 0.3 + 0.2 + 0.2 + 0.01, Ties(wrong: 0), 1e-9);
    }

    [Fact]
    public void Votes_on_pairs_rate_replies_too()
    {
        PairResult Vote(string other, params Choice?[] votes) => Voted("Math", votes) with
        {
            Group = "row", Response1 = "right", Response2 = other,
        };
        double? Math(params Choice?[] third) => SuiteTable.Compute(
            "rewardbench2", [Vote("a", First, First), Vote("b", First), Vote("c", third)])!["Math"];
        Assert.Equal(1, Math(First, First, Second));
        Assert.Equal(0.5, Math(First, Second));
        Assert.Equal(0.5, Math([null]));
        Assert.Equal(0, Math(Second));
    }

    [Fact]
    public void A_prompt_of_which_a_pair_was_not_shown_is_in_no_figure()
    {
        var rows = Rated("Math", "1", [2], 1, 0).ToList();
        rows[1] = rows[1] with { Scores = null, Problem = "too long" };
        Assert.Null(SuiteTable.Compute("rewardbench2", rows)!["Math"]);
    }

    [Fact]
    public void A_suite_of_ones_own_has_no_published_table() => Assert.Null(SuiteTable.Compute("scenes", []));

    private static IEnumerable<PairResult> Whole(string domain) =>
        [Scored(domain + "/hard", 2, 1), Scored(domain + "/normal", 2, 1), Scored(domain + "/easy", 2, 1)];

    private static void AssertShares(double?[] expected, SuiteTable table)
    {
        Assert.Equal(expected.Length, table.Figures.Count);
        foreach (var (share, figure) in expected.Zip(table.Figures))
        {
            Assert.True(
                share is null ? figure.Share is null : Math.Abs(share.Value - figure.Share!.Value) < 1e-8,
                $"{figure.Name}: {figure.Share}, expected {share}");
        }
    }
}
