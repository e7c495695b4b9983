using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;

namespace R1Reward.Rewards.Tests.Terms;

/// <summary>What each term makes of its options; the rules behind them are checked against the references.</summary>
public sealed class TermTests
{
    [Theory]
    [InlineData("format", """{ "mode": "loose" }""", "So. <think>a</think> hm <answer>1</answer>", 1)]
    [InlineData("format", "{}", "So. <think>a</think> hm <answer>1</answer>", 0)]
    [InlineData("result", "{}", Some.Good, 1)]
    [InlineData("result", """{ "answer": "phrase" }""", "<answer>Video 1 is better</answer>", 1)]
    [InlineData("result", """{ "answer": "phrase" }""", "<answer>1</answer>", 0)]
    [InlineData("maths", "{}", "<think>x</think>\\boxed{27}", 1)]
    [InlineData("result", """{ "answer": "text" }""", "<answer> 27 </answer>", 1)]
    [InlineData("repetition", """{ "words": "2", "max-penalty": "-0.5" }""", "a b a b", -0.5 / 3)]
    [InlineData("quoted-text", "{}", "What is  IT?", 1)]
    public async Task A_reply_earns(string type, string options, string reply, double value) =>
        Assert.Equal(
            value,
            (await Some.ScoreAsync(type, options, Some.Input(reply, Some.Pair with { Reference = "27" }))).Value!.Value,
            1e-12);

    [Theory]
    [InlineData("Both are equally good", 1)]
    [InlineData("Both images are equally good", 1)]
    [InlineData("Both videos are equally good", 1)]
    [InlineData("Image 1 is better", 0)]
    public async Task A_tie_has_phrases_of_its_own(string answer, double value) => Assert.Equal(
        value, (await Some.ScoreAsync(
            "result",
            """{ "answer": "phrase" }""",
            Some.Input($"<answer>{answer}</answer>", Some.Pair with { Label = PreferenceLabel.Tie }))).Value);

    [Theory]
    [InlineData(12, 0)]
    [InlineData(16, -0.25)]
    [InlineData(20, -0.5)]
    public async Task Long_replies_are_fined_from_the_buffer_on(int tokens, double value) => Assert.Equal(
        value, (await Some.ScoreAsync(
            "overlong", """{ "max-tokens": 20, "buffer": 8, "factor": 0.5 }""", Some.Input(tokens: tokens))).Value);

    [Fact]
    public async Task The_limit_of_the_run_is_the_default_limit() =>
        Assert.Equal(-1, (await Some.ScoreAsync("overlong", "{}", Some.Input(tokens: 100))).Value);

    [Theory]
    [InlineData(75, 1)]
    [InlineData(110, 0.5)]
    [InlineData(120, 0)]
    [InlineData(40, 0.5)]
    public async Task Lengths_outside_of_the_window_lose_linearly(int tokens, double value) => Assert.Equal(
        value, (await Some.ScoreAsync(
            "length", """{ "min": 50, "max": 100, "slack": 20 }""", Some.Input(tokens: tokens))).Value!.Value, 1e-12);

    [Fact]
    public async Task Ranks_are_those_of_the_group_and_equals_share_theirs()
    {
        var suite = Some.Suite(
            [Some.Term("rank", """{ "of": { "type": "overlong", "max-tokens": 100, "buffer": 100 } }""")]);
        var scores = await suite.ScoreAsync([.. new[] { 70, 10, 90, 50 }.Select(tokens => Some.Input(tokens: tokens))]);
        Assert.Equal([0.25, 0.75, 0, 0.5], scores.Select(terms => terms[0].Value!.Value));
        var equal = await suite.ScoreAsync([Some.Input(), Some.Input(), Some.Input(tokens: 30)]);
        Assert.Equal([0.5, 0.5, 0], equal.Select(terms => terms[0].Value!.Value));
    }

    [Theory]
    [InlineData("general", "<think>a</think><answer>Image 1 is better</answer>", 2.0)]
    [InlineData("gsm8k_rule", "<think>a</think>\\boxed{27}", 1.0)]
    [InlineData("gsm8k_rule", "<think>a</think>\\boxed{28}", 0.1)]
    [InlineData("audio", "<answer>27</answer>", 2.0)]
    public async Task The_recipe_of_the_pair_decides(string recipe, string reply, double value) => Assert.Equal(
        value, (await Some.ScoreAsync(
            "recipe",
            "{}",
            Some.Input(reply, Some.Pair with { Recipe = recipe, Reference = "27" }))).Value!.Value, 1e-12);

    [Fact]
    public void A_recipe_reads_what_the_run_brings_for_its_parts_and_leaves_fields_of_pairs_to_the_pair()
    {
        var suite = Some.Suite([Some.Term("recipe", """
            { "recipes": { "mine": [
                { "type": "consistency" }, { "type": "length", "max": 9 }, { "type": "maths" } ] } }
            """)]);
        Assert.Equal(RewardField.Recipe | RewardField.Verdict | RewardField.Tokens, suite.Required);
    }

    [Theory]
    [InlineData("length", """{ "max": 9 }""", true)]
    [InlineData("overlong", "{}", true)]
    [InlineData("rank", """{ "of": { "type": "overlong" } }""", true)]
    [InlineData("ensemble", """{ "members": [ { "type": "format" }, { "type": "overlong" } ] }""", true)]
    [InlineData("repetition", "{}", false)]
    public void A_term_says_whether_it_reads_the_length_in_tokens(string type, string options, bool reads) =>
        Assert.Equal(reads, Some.Suite([Some.Term(type, options)]).Required.HasFlag(RewardField.Tokens));

    [Fact]
    public async Task A_recipe_that_nobody_wrote_has_no_value()
    {
        var score = await Some.ScoreAsync(
            "recipe",
            """{ "recipes": { "mine": [ { "type": "format", "weight": 3 } ] } }""",
            Some.Input(pair: Some.Pair with { Recipe = "yours" }));
        Assert.Equal(RewardScore.Unknown("no recipe is called yours; known are mine"), score);
    }

    [Fact]
    public async Task A_recipe_whose_part_lacks_its_field_has_no_value() => Assert.Equal(
        "the recipe gsm8k_rule reads \"reference\", which the pair does not have", (await Some.ScoreAsync(
            "recipe", "{}", Some.Input(pair: Some.Pair with { Recipe = "gsm8k_rule" }))).Reason);

    // Values 1 (form), 1 (result) and 0.5 (50 of 100 tokens too many).
    private const string Members =
        """[ { "type": "format" }, { "type": "result", "weight": 2 }, { "type": "length", "max": 0, "slack": 100 } ]""";

    [Theory]
    [InlineData("mean", 3.5 / 4)]
    [InlineData("median", 1)]
    [InlineData("min", 0.5)]
    public async Task An_ensemble_joins_its_members(string combine, double value)
    {
        var score = await Some.ScoreAsync(
            "ensemble", $$"""{ "combine": "{{combine}}", "members": {{Members}} }""", Some.Input(tokens: 50));
        Assert.Equal(value, score.Value!.Value, 1e-12);
        Assert.Equal("agreement 0.33 of 3 members", score.Reason);
    }

    [Fact]
    public async Task An_ensemble_that_does_not_agree_has_no_value()
    {
        var score = await Some.ScoreAsync(
            "ensemble", $$"""{ "least-agreement": 0.5, "members": {{Members}} }""", Some.Input(tokens: 50));
        Assert.Equal(RewardScore.Unknown("agreement 0.33 of 3 members"), score);
    }

    [Fact]
    public async Task A_value_that_is_not_finite_stops_the_run()
    {
        var suite = new RewardSuite([new RewardTerm(Some.Term("odd"), new Infinite())]);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => suite.ScoreAsync([Some.Input()]));
        Assert.Equal(
            "reward term odd: ∞ for trace t", error.Message.Replace("Infinity", "∞", StringComparison.Ordinal));
    }

    private sealed class Infinite : IPointwiseReward
    {
        public RewardField Required => RewardField.None;

        public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new RewardScore(double.PositiveInfinity));
    }
}
