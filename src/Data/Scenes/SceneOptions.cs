namespace R1Reward.Data.Scenes;

/// <summary>What the scenes of the built-in task are like.</summary>
public sealed record SceneOptions
{
    /// <summary>The smallest number of objects in a scene, 3 or more.</summary>
    public int MinObjects { get; init; } = 3;

    /// <summary>The largest number of objects in a scene, 9 or fewer.</summary>
    public int MaxObjects { get; init; } = 6;

    /// <summary>The kinds of question asked, each as often.</summary>
    public IReadOnlyList<SceneQuestionKind> Kinds { get; init; } =
    [
        SceneQuestionKind.Count, SceneQuestionKind.Existence,
    ];

    /// <summary>Cells per side of the grid, 3 to 6.</summary>
    public int Grid { get; init; } = 4;

    /// <summary>How the scene is shown.</summary>
    public SceneForm Form { get; init; } = SceneForm.Words;

    /// <summary>Where the question stands; only scenes in words stand beside theirs.</summary>
    public QuestionPlace Question { get; init; } = QuestionPlace.After;

    /// <summary>Whether each pair carries a reasoning trace to imitate.</summary>
    public bool Traces { get; init; } = true;

    /// <summary>Share of traces with one wrong look, 0 to 1.</summary>
    public double Noise { get; init; } = 0.35;

    /// <summary>Share of looks that a trace repeats to no use, 0 to 1: room for a policy to become shorter.</summary>
    public double Waste { get; init; }

    /// <summary>The smallest and largest number of objects in a scene of a grade from 1 to 4.</summary>
    public static (int Min, int Max) ObjectsOfGrade(int grade) => grade switch
    {
        1 => (3, 3),
        2 => (4, 5),
        3 => (6, 7),
        4 => (8, 9),
        _ => throw new ArgumentOutOfRangeException(nameof(grade), grade, "grades are 1 to 4"),
    };

    /// <summary>All that is wrong with these options, one sentence each; empty when they can be used.</summary>
    public IEnumerable<string> Errors()
    {
        if (MinObjects < 3 || MaxObjects > 9 || MinObjects > MaxObjects)
        {
            yield return $"objects {MinObjects}-{MaxObjects}: give a range within 3-9, the smaller number first";
        }

        if (Grid is < 3 or > 6)
        {
            yield return $"grid {Grid}: give 3 to 6 cells per side";
        }

        if (Question != QuestionPlace.After && Form != SceneForm.Words)
        {
            yield return "question: only scenes in words stand beside their question; leave it out";
        }

        if (Kinds.Count == 0 || Kinds.Any(kind => !Enum.IsDefined(kind)))
        {
            var names = string.Join(", ", Enum.GetNames<SceneQuestionKind>()).ToLowerInvariant();
            yield return "kinds: name at least one of " + names;
        }

        if (Noise is not (>= 0 and <= 1))
        {
            yield return $"noise {Noise}: give the share of wrong traces, from 0 to 1";
        }

        if (Waste is not (>= 0 and <= 1))
        {
            yield return $"waste {Waste}: give the share of looks that are repeated, from 0 to 1";
        }
    }
}
