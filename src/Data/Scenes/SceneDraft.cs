using R1Reward.Data.Randomness;

namespace R1Reward.Data.Scenes;

/// <summary>
/// A question with the looks of the objects that give it the wanted answer, before these get their cells. Which answer
/// is right is drawn before the scene, so that no pair can be judged by its responses alone.
/// </summary>
/// <param name="Question">The question; a position question has its cell still open.</param>
/// <param name="Looks">Colour and shape of each object; the first is the target of a position question.</param>
/// <param name="Wrong">The wrong answer; null where the scene offers no plausible one.</param>
internal sealed record SceneDraft(
    SceneQuestion Question, IReadOnlyList<(SceneColour Colour, SceneShape Shape)> Looks, string? Wrong)
{
    private static readonly SceneColour[] Colours = Enum.GetValues<SceneColour>();
    private static readonly SceneShape[] Shapes = Enum.GetValues<SceneShape>();

    /// <summary>Draws one with <paramref name="objects"/> objects.</summary>
    public static SceneDraft Draw(SceneQuestionKind kind, int objects, CounterRandom random) => kind switch
    {
        SceneQuestionKind.Count => Count(objects, random),
        SceneQuestionKind.Existence => Existence(objects, random),
        SceneQuestionKind.Colour => Colour(objects, random),
        SceneQuestionKind.Position => Position(objects, random),
        SceneQuestionKind.Comparison => Comparison(objects, random),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The two answers are neighbours k and k + 1, k up to 3; which of them is true is a coin toss.</summary>
    private static SceneDraft Count(int objects, CounterRandom random)
    {
        var smaller = random.Next(Math.Min(objects, 4));
        var right = smaller + random.Next(2);
        return Matching(SceneQuestionKind.Count, objects, right, SceneWords.For((2 * smaller) + 1 - right), random);
    }

    /// <summary>None in half of the scenes, one or two in the others.</summary>
    private static SceneDraft Existence(int objects, CounterRandom random)
    {
        var right = random.NextBool() ? random.Between(1, 2) : 0;
        return Matching(SceneQuestionKind.Existence, objects, right, right > 0 ? "no" : "yes", random);
    }

    /// <summary>
    /// Exactly <paramref name="matches"/> objects fit; of the others every second shares a property with the target
    /// where two are asked for.
    /// </summary>
    private static SceneDraft Matching(
        SceneQuestionKind kind, int objects, int matches, string wrong, CounterRandom random)
    {
        var asked = random.Next(3);
        var question = new SceneQuestion(kind)
        {
            Colour = asked == 1 ? null : random.Pick(Colours),
            Shape = asked == 0 ? null : random.Pick(Shapes),
        };
        var looks = new (SceneColour, SceneShape)[objects];
        for (var i = 0; i < objects; i++)
        {
            looks[i] = i < matches
                ? (question.Colour ?? random.Pick(Colours), question.Shape ?? random.Pick(Shapes))
                : Other(question, random);
        }

        return new SceneDraft(question, looks, wrong);
    }

    private static (SceneColour Colour, SceneShape Shape) Other(SceneQuestion question, CounterRandom random)
    {
        while (true)
        {
            var look = (Colour: random.Pick(Colours), Shape: random.Pick(Shapes));
            if (question is { Colour: { } colour, Shape: { } shape } && random.NextBool())
            {
                look = random.NextBool() ? (colour, look.Shape) : (look.Colour, shape);
            }

            if ((question.Colour ?? look.Colour) != look.Colour || (question.Shape ?? look.Shape) != look.Shape)
            {
                return look;
            }
        }
    }

    /// <summary>One object of the shape; the wrong answer is the colour of another object.</summary>
    private static SceneDraft Colour(int objects, CounterRandom random)
    {
        var target = (Colour: random.Pick(Colours), Shape: random.Pick(Shapes));
        var others = Shapes.Where(shape => shape != target.Shape).ToArray();
        var looks = new List<(SceneColour Colour, SceneShape Shape)> { target };
        while (looks.Count < objects)
        {
            looks.Add((random.Pick(Colours), random.Pick(others)));
        }

        var wrong = looks.Select(look => look.Colour).Where(colour => colour != target.Colour).Distinct().ToArray();
        return new SceneDraft(
            new SceneQuestion(SceneQuestionKind.Colour) { Shape = target.Shape },
            looks,
            wrong.Length == 0 ? null : SceneWords.For(random.Pick(wrong)));
    }

    /// <summary>The wrong answer is what stands in another cell.</summary>
    private static SceneDraft Position(int objects, CounterRandom random)
    {
        var looks = Enumerable.Range(0, objects)
            .Select(_ => (Colour: random.Pick(Colours), Shape: random.Pick(Shapes)))
            .ToArray();
        var wrong = looks.Where(look => look != looks[0]).Distinct().ToArray();
        var used = wrong.Length == 0 ? default : random.Pick(wrong);
        return new SceneDraft(
            new SceneQuestion(SceneQuestionKind.Position),
            looks,
            wrong.Length == 0 ? null : $"{SceneWords.For(used.Colour)} {SceneWords.For(used.Shape)}");
    }

    /// <summary>The winner leads by one object; no ties.</summary>
    private static SceneDraft Comparison(int objects, CounterRandom random)
    {
        var colours = Colours.ToList();
        random.Shuffle(colours);
        var (winner, loser) = (colours[0], colours[1]);
        var few = random.Next(((objects - 1) / 2) + 1);
        var looks = new (SceneColour, SceneShape)[objects];
        for (var i = 0; i < objects; i++)
        {
            var colour = i <= few ? winner : i <= 2 * few ? loser : colours[random.Between(2, colours.Count - 1)];
            looks[i] = (colour, random.Pick(Shapes));
        }

        var first = random.NextBool();
        var question = new SceneQuestion(SceneQuestionKind.Comparison)
        {
            Colour = first ? winner : loser,
            Rival = first ? loser : winner,
        };
        return new SceneDraft(question, looks, SceneWords.For(loser));
    }
}
