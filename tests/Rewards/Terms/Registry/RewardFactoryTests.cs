using R1Reward.Data;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Tests.Terms.Registry;

public sealed class RewardFactoryTests
{
    [Fact]
    public void Equal_entries_share_an_instance_whatever_their_name_weight_and_time()
    {
        using var factory = new RewardFactory(new RewardServices());
        var training = factory.Build(
            [Some.Term("repetition", """{ "words": 2 }"""), Some.Term("format", name: "form")], "terms");
        var evaluation = factory.Build(
            [
                Some.Term("repetition", """{ "words": 2 }""", weight: 3, name: "other", waitsForBatch: true),
                Some.Term("repetition", """{ "words": 3 }""", name: "third"),
            ],
            "eval-terms");
        Assert.Same(training.Terms[0].Reward, evaluation.Terms[0].Reward);
        Assert.NotSame(training.Terms[0].Reward, evaluation.Terms[1].Reward);
        Assert.Equal(3, factory.Instances);
    }

    [Fact]
    public void The_order_of_options_makes_no_other_instance_the_order_of_a_list_does()
    {
        using var factory = new RewardFactory(new RewardServices());
        factory.Build(
            [
                Some.Term("length", """{ "min": 1, "max": 2 }""", name: "a"),
                Some.Term("length", """{ "max": 2, "min": 1 }""", name: "b"),
            ],
            "terms");
        Assert.Equal(1, factory.Instances);
    }

    [Fact]
    public void All_mistakes_come_at_once_each_with_its_place_and_remedy()
    {
        var error = Assert.Throws<UserErrorException>(() => Some.Suite(
        [
            Some.Term("lenght"),
            Some.Term("length"),
            Some.Term("format", """{ "mode": "tight" }"""),
            Some.Term("repetition", """{ "word": 3 }"""),
            Some.Term("repetition", """{ "words": 0 }"""),
        ]));
        Assert.Equal(6, error.Message.Split('\n').Length);
        Assert.Contains(
            "terms[0] (lenght): no such type of term; write one of r1, format",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains("terms[1] (length): max is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "terms[2] (format): mode = \"tight\": write one of strict, loose, boxed, answer.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "terms[3] (repetition): unknown option word; known are max-penalty, words.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "terms[4] (repetition): words = 0: write a whole number, 1 or more.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains("2 terms are called repetition", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_term_that_asks_a_judge_needs_one()
    {
        var error = Assert.Throws<UserErrorException>(() => Some.Suite([Some.Term("yes-no")]));
        Assert.Contains("asks a judge, but none is configured", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_terms_of_one_trace_stand_inside_others()
    {
        var error = Assert.Throws<UserErrorException>(
            () => Some.Suite([Some.Term("rank", """{ "of": { "type": "rank", "of": { "type": "format" } } }""")]));
        Assert.Contains("rank compares the traces of a prompt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_type_has_its_section_in_the_manual()
    {
        var manual = File.ReadAllText(Path.Combine(R1Reward.Tests.Support.Fixtures.Repository, "docs", "rewards.md"));
        Assert.All(RewardTypes.Names, name => Assert.Contains($"\n## `{name}`\n", manual, StringComparison.Ordinal));
    }
}
