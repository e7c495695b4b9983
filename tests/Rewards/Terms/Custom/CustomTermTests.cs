using R1Reward.Data;
using R1Reward.Data.Loading;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Custom;

namespace R1Reward.Rewards.Tests.Terms.Custom;

public sealed class CustomTermTests
{
    private static readonly string Here = typeof(CustomTermTests).Assembly.Location;

    [Fact]
    public async Task A_class_is_found_and_gets_its_options()
    {
        var score = await Some.ScoreAsync(
            "custom", Entry(nameof(Fixed), """, "options": { "value": 0.75 }"""), Some.Input());
        Assert.Equal(0.75, score.Value);
    }

    [Fact]
    public async Task A_class_may_compare_the_traces_of_a_prompt()
    {
        var terms = await Some.Suite(
            [Some.Term("custom", Entry(nameof(Order)))]).ScoreAsync([Some.Input(), Some.Input()]);
        Assert.Equal([0.0, 1.0], terms.Select(trace => trace[0].Value!.Value));
    }

    [Theory]
    [InlineData(nameof(Fixed), "none.dll", "no such assembly")]
    [InlineData("Fixd", null, "has no class R1Reward.Rewards.Tests.Terms.Custom.CustomTermTests+Fixd; it has ")]
    [InlineData(nameof(NoReward), null, "is no IPointwiseReward or IGroupwiseReward of")]
    [InlineData(nameof(Picky), null, "has no public constructor without parameters")]
    [InlineData(
        nameof(Broken),
        null,
        "the constructor of R1Reward.Rewards.Tests.Terms.Custom.CustomTermTests+Broken failed: no luck")]
    public void What_cannot_be_used_is_refused_with_its_reason(string name, string? assembly, string reason)
    {
        var error = Assert.Throws<UserErrorException>(
            () => OwnClass.Load<IReward>(
                Path.GetFullPath(assembly ?? Here),
                FullName(name),
                new Dictionary<string, string>(),
                typeof(IPointwiseReward),
                typeof(IGroupwiseReward)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_for_a_class_that_takes_none_and_a_file_that_is_no_assembly_are_refused()
    {
        Assert.Contains("takes no options", Assert.Throws<UserErrorException>(
            () => OwnClass.Load<IReward>(
                Here,
                FullName(nameof(Order)),
                new Dictionary<string, string> { ["a"] = "b" })).Message, StringComparison.Ordinal);
        var text = Path.Combine(R1Reward.Tests.Support.Fixtures.Repository, "README.md");
        Assert.Contains(
            "cannot be loaded",
            Assert.Throws<UserErrorException>(
                () => OwnClass.Load<IReward>(text, "A", new Dictionary<string, string>())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_entry_says_what_is_missing() => Assert.Contains(
        "terms[0] (custom): class is missing: write it.", Assert.Throws<UserErrorException>(
            () => Some.Suite([Some.Term("custom", """{ "assembly": "a.dll" }""")])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_class_that_throws_ends_the_run_with_one_clear_line()
    {
        var error = await Assert.ThrowsAsync<UserErrorException>(
            () => Some.ScoreAsync("custom", Entry(nameof(Throwing)), Some.Input()));
        Assert.Equal(
            "the reward class R1Reward.Rewards.Tests.Terms.Custom.CustomTermTests+Throwing failed: FormatException: " +
            "odd. Correct the class, or let it give a score without value.",
            error.Message);
    }

    private static string FullName(string name) => $"{typeof(CustomTermTests).FullName}+{name}";

    private static string Entry(string name, string more = "") =>
        $$"""{ "assembly": {{Newtonsoft.Json.JsonConvert.ToString(Here)}}, "class": "{{FullName(name)}}"{{more}} }""";

    public class Fixed(IReadOnlyDictionary<string, string> options) : IPointwiseReward
    {
        public RewardField Required => RewardField.None;

        public virtual ValueTask<RewardScore> ScoreAsync(
            RewardInput input, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(
                new RewardScore(double.Parse(options["value"], System.Globalization.CultureInfo.InvariantCulture)));
    }

    public sealed class Throwing(IReadOnlyDictionary<string, string> options) : Fixed(options)
    {
        public override ValueTask<RewardScore> ScoreAsync(
            RewardInput input, CancellationToken cancellationToken = default) =>
            throw new FormatException("odd");
    }

    public sealed class Order : IGroupwiseReward
    {
        public RewardField Required => RewardField.None;

        public ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(
            IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<RewardScore>>([.. group.Select((_, i) => new RewardScore(i))]);
    }

    public sealed class NoReward;

    public sealed class Picky(string text) : Fixed(new Dictionary<string, string> { ["value"] = text });

    public sealed class Broken : Fixed
    {
        public Broken()
            : base(new Dictionary<string, string>()) => throw new FormatException("no luck");
    }
}
