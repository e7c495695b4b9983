using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Rewards.Evaluators;

namespace R1Reward.Rewards.Tests.Evaluators;

public sealed class EvaluatorTypesTests
{
    private static readonly string Assembly = typeof(EvaluatorTypesTests).Assembly.Location;

    [Fact]
    public void A_class_of_ones_own_is_built_by_type_name_with_its_options()
    {
        var built = Build("""{ "type": "categories" }""", Own("counts", nameof(CountingEvaluator)));

        Assert.Equal(["categories", "counts"], built.Select(evaluator => evaluator.Name));
        var figures = built[1].Evaluate([], out var problem);
        Assert.Null(problem);
        Assert.Equal(("counts/pairs", 7.0), (figures.Single().Key, figures.Single().Value));
    }

    [Theory]
    [InlineData(nameof(ThrowingEvaluator), "InvalidOperationException: no labels here")]
    [InlineData(nameof(DividingEvaluator), "share is no number")]
    public void A_class_that_fails_has_no_figures_but_a_reason(string name, string reason)
    {
        Assert.Empty(Build(Own("x", name))[0].Evaluate([], out var problem));
        Assert.Equal(reason, problem);
    }

    [Theory]
    [InlineData("""{ "type": "magic" }""", "eval[0] (magic): no such type of evaluator; write one of categories, cu")]
    [InlineData("""{ "type": "categories", "by": "source" }""", "unknown option by; known are name, type.")]
    [InlineData("""{ "type": "custom", "assembly": "no.dll", "class": "A.B" }""", "no.dll: no such assembly")]
    [InlineData("""{ "type": "custom", "class": "A.B" }""", "is missing: write it")]
    public void Mistakes_in_an_entry_are_told_with_the_remedy(string entry, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Build(entry)).Message);

    [Fact]
    public void A_class_of_another_kind_is_told_what_it_should_be() => Assert.Contains(
        "EvaluatorTypesTests is no IEvaluator of R1Reward.Data",
        Assert.Throws<UserErrorException>(() => Build(Own("x", nameof(EvaluatorTypesTests)))).Message);

    private static IReadOnlyList<NamedEvaluator> Build(params string[] entries) =>
        EvaluatorTypes.Build([.. entries.Select(JObject.Parse)], "eval", Path.GetTempPath());

    private static string Own(string name, string type) => new JObject
    {
        ["type"] = "custom",
        ["name"] = name,
        ["assembly"] = Assembly,
        ["class"] = type == nameof(EvaluatorTypesTests)
            ? typeof(EvaluatorTypesTests).FullName
            : $"{typeof(EvaluatorTypesTests).FullName}+{type}",
    }.ToString();

    public sealed class CountingEvaluator : IEvaluator
    {
        public IReadOnlyDictionary<string, double> Evaluate(IReadOnlyList<JudgedPair> pairs) =>
            new Dictionary<string, double> { ["pairs"] = pairs.Count + 7 };
    }

    public sealed class ThrowingEvaluator : IEvaluator
    {
        public IReadOnlyDictionary<string, double> Evaluate(IReadOnlyList<JudgedPair> pairs) =>
            throw new InvalidOperationException("no labels here");
    }

    public sealed class DividingEvaluator : IEvaluator
    {
        public IReadOnlyDictionary<string, double> Evaluate(IReadOnlyList<JudgedPair> pairs) =>
            new Dictionary<string, double> { ["share"] = 0.0 / pairs.Count };
    }
}
