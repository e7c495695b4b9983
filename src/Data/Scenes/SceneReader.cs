using System.Text.RegularExpressions;

namespace R1Reward.Data.Scenes;

/// <summary>Reads scenes and questions back that were written in words.</summary>
public static partial class SceneReader
{
    // Cells are written where the question asks about one; elsewhere any will do, as long as they differ.
    private const int Grid = 6;

    /// <summary>The scene and the question of a pair; null for any other text.</summary>
    /// <param name="text">The question of a pair whose scene is described in it.</param>
    public static (Scene Scene, SceneQuestion Question)? Read(string text)
    {
        var whole = Whole().Match(text);
        var (before, after) = (whole.Groups["before"].Value, whole.Groups["after"].Value);
        if (!whole.Success || (before.Length > 0 && after.Length > 0 && before != after)
            || QuestionIn(before.Length > 0 ? before : after) is not { } question)
        {
            return null;
        }

        var objects = whole.Groups["objects"].Value.Split(", ").Select(ObjectIn).ToList();
        return objects.Count <= Grid * Grid && objects.TrueForAll(seen => seen is not null)
            ? (new Scene(Grid, [.. objects.Select(seen => seen!)]), question)
            : null;
    }

    private static SceneObject? ObjectIn(string words, int index)
    {
        var match = Seen().Match(words);
        return match.Success && Colour(match) is { } colour && Shape(match) is { } shape
            ? new SceneObject(colour, shape, Cell(match) ?? new SceneCell(index % Grid, index / Grid))
            : null;
    }

    private static SceneQuestion? QuestionIn(string asked)
    {
        foreach (var (kind, form) in Forms)
        {
            if (form.Match(asked) is { Success: true } match)
            {
                var question = new SceneQuestion(kind)
                {
                    Colour = Colour(match),
                    Shape = Shape(match),
                    Rival = Colour(match, "rival"),
                    Cell = Cell(match),
                };

                // Words that are none of the task's would be read as "any".
                return SceneWords.Ask(question) == asked ? question : null;
            }
        }

        return null;
    }

    private static (SceneQuestionKind Kind, Regex Form)[] Forms { get; } =
    [
        (SceneQuestionKind.Count, Count()),
        (SceneQuestionKind.Existence, Existence()),
        (SceneQuestionKind.Colour, ColourOf()),
        (SceneQuestionKind.Position, Position()),
        (SceneQuestionKind.Comparison, Comparison()),
    ];

    private static SceneColour? Colour(Match match, string group = "colour") =>
        Enum.GetValues<SceneColour>().Cast<SceneColour?>()
            .FirstOrDefault(colour => SceneWords.For(colour) == match.Groups[group].Value);

    private static SceneShape? Shape(Match match) =>
        Enum.GetValues<SceneShape>().Cast<SceneShape?>()
            .FirstOrDefault(shape => SceneWords.For(shape) == match.Groups["shape"].Value);

    private static SceneCell? Cell(Match match) => match.Groups["cell"] is { Success: true, Value: var cell }
        ? new SceneCell(cell[0] - 'a', cell[1] - '1')
        : null;

    [GeneratedRegex(@"\A((?<before>[^\n?]+\?) )?Scene: (?<objects>[a-z0-9 ,]+)\.( (?<after>[^\n]+\?))?\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A((?<cell>[a-f][1-6]) )?(?<colour>[a-z]+) (?<shape>[a-z]+)\z")]
    private static partial Regex Seen();

    [GeneratedRegex(@"\AHow many of colour (?<colour>\w+), shape (?<shape>\w+)\?\z")]
    private static partial Regex Count();

    [GeneratedRegex(@"\AIs there one of colour (?<colour>\w+), shape (?<shape>\w+)\?\z")]
    private static partial Regex Existence();

    [GeneratedRegex(@"\AWhat colour is the (?<shape>\w+)\?\z")]
    private static partial Regex ColourOf();

    [GeneratedRegex(@"\AWhat is at (?<cell>[a-f][1-6])\?\z")]
    private static partial Regex Position();

    [GeneratedRegex(@"\AMore of (?<colour>\w+) or (?<rival>\w+)\?\z")]
    private static partial Regex Comparison();
}
