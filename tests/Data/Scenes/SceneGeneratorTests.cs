using System.Text.RegularExpressions;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;

namespace R1Reward.Data.Tests.Scenes;

public sealed partial class SceneGeneratorTests
{
    private static readonly SceneQuestionKind[] AllKinds = Enum.GetValues<SceneQuestionKind>();

    private static SceneOptions Options(params SceneQuestionKind[] kinds) =>
        new() { MinObjects = 3, MaxObjects = 9, Kinds = kinds.Length > 0 ? kinds : AllKinds };

    private static IEnumerable<SceneExample> Draw(
        SceneOptions options, int count, SceneSide side = SceneSide.Train, long seed = 1)
    {
        var generator = new SceneGenerator(seed, options);
        return Enumerable.Range(0, count).Select(i => generator.Generate(side, i));
    }

    private static (string Right, string Wrong) Answers(PreferencePair pair) => pair.Label == PreferenceLabel.First
        ? (pair.Response1, pair.Response2) : (pair.Response2, pair.Response1);

    /// <summary>
    /// The truth found from the words of the question alone, independently of the product's reasoner.
    /// </summary>
    private static string BruteForce(string question)
    {
        var (scene, asked) = (question[7..question.IndexOf('.')], question[(question.IndexOf('.') + 2)..].TrimEnd('?'));
        var objects = scene.Split(", ").Select(words => words.Split(' ')).ToArray();
        var words = asked.Replace(",", "").Split(' ');
        string Number(int n) => "zero one two three four five six seven eight nine".Split(' ')[n];
        int Matching(string colour, string shape) =>
            objects.Count(o => (colour == "any" || o[^2] == colour) && (shape == "any" || o[^1] == shape));
        return words[0] switch
        {
            "How" => Number(Matching(words[4], words[6])),
            "Is" => Matching(words[5], words[7]) > 0 ? "yes" : "no",
            "What" when words[1] == "colour" => objects.Single(o => o[^1] == words[4])[^2],
            "What" => string.Join(' ', objects.Single(o => o[0] == words[3])[1..]),
            "More" => Matching(words[2], "any") > Matching(words[4], "any") ? words[2] : words[4],
            _ => throw new InvalidOperationException(question),
        };
    }

    [Fact]
    public void The_preferred_response_is_the_truth_and_the_other_is_not()
    {
        foreach (var example in Draw(Options(), 4_000))
        {
            var truth = BruteForce(example.Pair.Question);
            var (right, wrong) = Answers(example.Pair);
            Assert.True(truth == right, $"{example.Pair.Question}: the truth is {truth}, not {right}");
            Assert.NotEqual(truth, wrong);
        }
    }

    [Fact]
    public void Wrong_answers_are_of_the_right_ones_kind()
    {
        foreach (var example in Draw(Options(), 4_000))
        {
            var (right, wrong) = Answers(example.Pair);
            var seen = example.Scene.Objects;
            Assert.True(
                example.Question.Kind switch
                {
                    SceneQuestionKind.Count =>
                        Math.Abs(SceneWords.NumberOf(right)!.Value - SceneWords.NumberOf(wrong)!.Value) == 1,
                    SceneQuestionKind.Existence => wrong is "yes" or "no",
                    SceneQuestionKind.Colour => seen.Any(o => SceneWords.For(o.Colour) == wrong),
                    SceneQuestionKind.Position => seen.Any(o => o.Words == wrong),
                    _ =>
                        wrong == SceneWords.For(example.Question.Colour)
                            || wrong == SceneWords.For(example.Question.Rival),
                },
                $"{example.Pair.Question}: {right} or {wrong}");
        }
    }

    [Fact]
    public void No_scene_of_one_side_occurs_on_the_other_in_any_arrangement()
    {
        string Contents(SceneExample example) => string.Join('|', example.Scene.Objects.Select(o => o.Words).Order());
        var train = Draw(Options(), 20_000).Select(Contents).ToHashSet();
        var heldOut = Draw(Options(), 20_000, SceneSide.HeldOut, seed: 2).Select(Contents).ToHashSet();
        Assert.False(train.Overlaps(heldOut));
        Assert.True(heldOut.Count > 1_000, $"only {heldOut.Count} different held-out scenes");
    }

    [Fact]
    public void A_pair_depends_on_seed_side_and_index_alone()
    {
        var one = new SceneGenerator(3, Options());
        var other = new SceneGenerator(3, Options());
        var backwards = Enumerable.Range(0, 50)
            .Reverse()
            .ToDictionary(i => i, i => PairText(other.Pair(SceneSide.Train, i)));
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(PairText(one.Pair(SceneSide.Train, i)), backwards[i]));
        Assert.NotEqual(
            PairText(one.Pair(SceneSide.Train, 0)),
            PairText(new SceneGenerator(4, Options()).Pair(SceneSide.Train, 0)));
        Assert.NotEqual(PairText(one.Pair(SceneSide.Train, 0)), PairText(one.Pair(SceneSide.HeldOut, 0)));

        static string PairText(PreferencePair pair) =>
            $"{pair.Id} {pair.Question} {pair.Response1} {pair.Response2} {pair.Judgment}";
    }

    [Theory]
    [InlineData(SceneQuestionKind.Count)]
    [InlineData(SceneQuestionKind.Existence)]
    [InlineData(SceneQuestionKind.Colour)]
    [InlineData(SceneQuestionKind.Position)]
    [InlineData(SceneQuestionKind.Comparison)]
    public void Neither_place_nor_answer_gives_the_label_away(SceneQuestionKind kind)
    {
        foreach (var side in Enum.GetValues<SceneSide>())
        {
            var examples = Draw(Options(kind), 4_000, side).ToList();
            Assert.InRange(examples.Count(e => e.Pair.Label == PreferenceLabel.First), 1_850, 2_150);
            foreach (
                var group in examples.GroupBy(
                    e =>
                        string.Join('/', new[] { e.Pair.Response1, e.Pair.Response2 }.Order())).Where(g =>
                            g.Count() >= 400))
            {
                var smaller = group.Key.Split('/')[0];
                Assert.InRange(group.Count(e => Answers(e.Pair).Right == smaller) / (double)group.Count(), 0.42, 0.58);
            }
        }
    }

    [Fact]
    public void Traces_without_noise_end_in_the_preferred_response_and_are_well_formed()
    {
        foreach (var example in Draw(Options() with { Noise = 0 }, 4_000))
        {
            var judgment = JudgmentParser.Parse(example.Pair.Judgment!);
            Assert.True(judgment.WellFormed, example.Pair.Judgment);
            Assert.Equal((int)example.Pair.Label! + 1, (int)judgment.Choice!);
            Assert.EndsWith($"response {(int)judgment.Choice} is better", judgment.Analysis);
        }
    }

    [Fact]
    public void The_asked_share_of_traces_holds_one_wrong_look_and_follows_from_it()
    {
        var examples = Draw(Options() with { Noise = 0.35 }, 10_000).ToList();
        var noisy = examples.Where(e => e.WrongLook is not null).ToList();
        Assert.InRange(noisy.Count / (double)examples.Count, 0.335, 0.365);
        foreach (var example in noisy)
        {
            var (pair, trace) = (example.Pair, example.Pair.Judgment!);
            var sound = SceneTrace.Write(example.Scene, example.Question, pair.Response1, pair.Response2);
            Assert.NotEqual(sound, trace);
            var judgment = JudgmentParser.Parse(trace);
            Assert.True(judgment.WellFormed);
            Assert.EndsWith($"response {(int)judgment.Choice!} is better", judgment.Analysis);
        }

        Assert.Contains(noisy, e => (int)JudgmentParser.Parse(e.Pair.Judgment!).Choice! != (int)e.Pair.Label! + 1);
    }

    [Fact]
    public void The_asked_share_of_looks_is_repeated_and_changes_nothing_else()
    {
        var plain = Draw(Options(), 2_000).ToList();
        var wasteful = Draw(Options() with { Waste = 0.5 }, 2_000).ToList();

        var looks = plain.Sum(example => example.Scene.Objects.Length);
        var repeated = wasteful.Sum(example => Repetition().Count(example.Pair.Judgment!));
        Assert.InRange(repeated / (double)looks, 0.48, 0.52);
        Assert.Equal(plain.Select(example => example.Pair), wasteful.Select(example => Shortened(example.Pair)));

        PreferencePair Shortened(PreferencePair pair) =>
            pair with { Judgment = Repetition().Replace(pair.Judgment!, "$1") };
    }

    [GeneratedRegex(@"( [^;:]+;) again\1")]
    private static partial Regex Repetition();

    [Fact]
    public void Object_range_and_grade_are_kept()
    {
        for (var grade = 1; grade <= 4; grade++)
        {
            var (min, max) = SceneOptions.ObjectsOfGrade(grade);
            var options = Options() with { MinObjects = min, MaxObjects = max };
            Assert.All(
                Draw(options, 200),
                e =>
                    Assert.Equal(
                        (grade, true),
                        (e.Pair.Difficulty!.Value, e.Scene.Objects.Length >= min && e.Scene.Objects.Length <= max)));
        }
    }

    [Fact]
    public void Unusable_options_are_refused_with_every_reason_at_once()
    {
        var options = new SceneOptions { MinObjects = 2, MaxObjects = 12, Grid = 2, Kinds = [], Noise = 2, Waste = 2 };

        var error = Assert.Throws<UserErrorException>(() => new SceneGenerator(1, options));

        Assert.All(
            ["objects 2-12", "grid 2", "kinds", "noise 2", "waste 2"],
            part => Assert.Contains(part, error.Message));
    }

    [Fact]
    public void Traces_name_what_is_compared_and_keep_the_count()
    {
        var scene = new Scene(4,
        [
            new SceneObject(SceneColour.Red, SceneShape.Circle, new SceneCell(0, 0)),
            new SceneObject(SceneColour.Blue, SceneShape.Star, new SceneCell(1, 2)),
        ]);
        Assert.Equal(
            "<think>look: red vs red same circle vs any same yes one; blue vs red other star vs any same no one; "
            + "so one; response 1 two vs one other wrong; response 2 one vs one same right; "
            + "response 2 is better</think><answer>2</answer>",
            SceneTrace.Write(
                scene, new SceneQuestion(SceneQuestionKind.Count) { Colour = SceneColour.Red }, "two", "one"));
        Assert.Equal(
            "<think>look: a1 vs b3 other no none; b3 vs b3 same yes blue star; so blue star; "
            + "response 1 blue star vs blue star same right; response 2 red circle vs blue star other wrong; "
            + "response 1 is better</think><answer>1</answer>",
            SceneTrace.Write(
                scene,
                new SceneQuestion(SceneQuestionKind.Position) { Cell = new SceneCell(1, 2) },
                "blue star",
                "red circle"));
    }
}
