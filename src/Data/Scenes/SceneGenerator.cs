using System.Collections.Immutable;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;

namespace R1Reward.Data.Scenes;

/// <summary>
/// The built-in task: an endless stream of preference pairs about coloured shapes, with a known truth. Pair i of a side
/// depends only on the seed, the options, the side and i. The two sides share no scene (<see cref="Scene.Side"/>).
/// </summary>
public sealed class SceneGenerator
{
    private readonly long _seed;
    private readonly SceneOptions _options;

    /// <summary>Prepares a stream of pairs; the same seed and options always give the same pairs.</summary>
    /// <exception cref="UserErrorException">The options cannot be used; the message names every reason.</exception>
    public SceneGenerator(long seed, SceneOptions options)
    {
        var errors = options.Errors().ToArray();
        if (errors.Length > 0)
        {
            throw new UserErrorException("scenes: " + string.Join("; ", errors));
        }

        (_seed, _options) = (seed, options);
    }

    /// <summary>Pair <paramref name="index"/> of a side, from 0.</summary>
    public PreferencePair Pair(SceneSide side, long index) => Generate(side, index).Pair;

    /// <summary>Pair <paramref name="index"/> of a side with the scene behind it.</summary>
    public SceneExample Generate(SceneSide side, long index)
    {
        var random = CounterRandom.For(_seed, "scenes", (long)side, index);
        while (true)
        {
            var kind = random.Pick(_options.Kinds);
            var draft = SceneDraft.Draw(kind, random.Between(_options.MinObjects, _options.MaxObjects), random);
            var (scene, question) = Place(draft, random);
            if (draft.Wrong is { } wrong && scene.Side == side)
            {
                return Finish(side, index, scene, question, wrong, random);
            }
        }
    }

    private (Scene Scene, SceneQuestion Question) Place(SceneDraft draft, CounterRandom random)
    {
        var cells = Enumerable.Range(0, _options.Grid * _options.Grid)
            .Select(i => new SceneCell(i % _options.Grid, i / _options.Grid)).ToArray();
        random.Shuffle(cells);
        var objects = draft.Looks.Select((look, i) => new SceneObject(look.Colour, look.Shape, cells[i])).ToArray();
        var question = draft.Question.Kind == SceneQuestionKind.Position
            ? draft.Question with { Cell = cells[0] }
            : draft.Question;
        return (new Scene(_options.Grid, [.. objects.OrderBy(o => o.Cell.Row).ThenBy(o => o.Cell.Column)]), question);
    }

    private SceneExample Finish(
        SceneSide side, long index, Scene scene, SceneQuestion question, string wrong, CounterRandom random)
    {
        var right = SceneReasoner.Answer(scene, question);
        var rightFirst = random.NextBool();
        var (first, second) = rightFirst ? (right, wrong) : (wrong, right);
        int? wrongLook = random.NextDouble() < _options.Noise ? random.Next(scene.Objects.Length) : null;
        int[] repeated =
            [.. Enumerable.Range(0, scene.Objects.Length).Where(_ => random.NextDouble() < _options.Waste)];
        var name = side == SceneSide.Train ? "train" : "heldout";
        var asked = SceneWords.Ask(question);
        var content = SceneWords.Write(scene, question, _options.Question);
        var pair = new PreferencePair
        {
            Id = new PairId($"scenes-{name}-{index:D6}-{ContentHash.Compute(content, first, second)}"),
            Question = _options.Form == SceneForm.Words ? content : asked,
            Response1 = first,
            Response2 = second,
            Media = _options.Form switch
            {
                SceneForm.Words => [],
                SceneForm.Image => [new MediaItem(MediaKind.Image, $"images/{name}-{index:D6}.png")],
                _ => [new MediaItem(MediaKind.Audio, $"sounds/{name}-{index:D6}.wav")],
            },
            Label = rightFirst ? PreferenceLabel.First : PreferenceLabel.Second,
            Difficulty = scene.Grade,
            Source = "scenes",
            Judgment = _options.Traces
                ? SceneTrace.Write(
                    scene, question, first, second, wrongLook, _options.Form != SceneForm.Words, repeated)
                : null,
        };
        return new SceneExample(scene, question, pair, _options.Traces ? wrongLook : null);
    }
}
