namespace R1Reward.Data.Scenes;

/// <summary>What <c>r1reward data scenes</c> is asked for, as typed; checked as a whole.</summary>
public sealed record ScenesDatasetOptions
{
    /// <summary>How many training pairs are written.</summary>
    public int Pairs { get; init; } = 1000;

    /// <summary>Held-out pairs to write; 0 for none.</summary>
    public int HeldOut { get; init; }

    /// <summary>The seed of both parts; the same seed gives the same files.</summary>
    public long Seed { get; init; }

    /// <summary>The folder to write into; made where it is missing.</summary>
    public string Out { get; init; } = "";

    /// <summary>How scenes are shown: <c>words</c>, <c>image</c> or <c>sound</c>.</summary>
    public string As { get; init; } = "words";

    /// <summary>Whether the pairs carry reasoning traces.</summary>
    public bool Traces { get; init; }

    /// <summary>Share of traces with one wrong look, 0 to 1.</summary>
    public double Noise { get; init; } = 0.35;

    /// <summary>Share of looks that traces repeat to no use, 0 to 1.</summary>
    public double Waste { get; init; }

    /// <summary>Range of objects per scene, such as <c>3-6</c>; null: by grade, else 3-6.</summary>
    public string? Objects { get; init; }

    /// <summary>Difficulty 1 to 4, another way to give the range of objects.</summary>
    public int? Grade { get; init; }

    /// <summary>Kinds of question, separated by commas.</summary>
    public string Kinds { get; init; } = "count,existence";

    /// <summary>Cells per side of the grid, 3 to 6.</summary>
    public int Grid { get; init; } = 3;

    /// <summary>Where the question about a scene in words stands.</summary>
    public QuestionPlace Question { get; init; } = QuestionPlace.After;

    /// <summary>The options of the scenes.</summary>
    /// <exception cref="UserErrorException">Something is wrong; the message names every error.</exception>
    public SceneOptions Check()
    {
        var errors = new List<string>();
        Require(Pairs >= 1, $"--pairs {Pairs}: give at least 1");
        Require(HeldOut >= 0, $"--heldout {HeldOut}: give 0 or more");
        Require(Out.Length > 0, "--out: name a folder");
        Require(As is "words" or "image" or "sound", $"--as {As}: give words, image or sound");
        Require(
            Objects is null || Grade is null, "--objects and --grade both set the number of objects: give one of them");
        Require(Grade is null or (>= 1 and <= 4), $"--grade {Grade}: give 1 to 4");
        var range = Grade is >= 1 and <= 4 ? SceneOptions.ObjectsOfGrade(Grade.Value) : Range(Objects ?? "3-6");
        Require(range is not null, $"--objects {Objects}: give a range such as 3-6");
        var kinds = Kinds.Split(',', StringSplitOptions.TrimEntries).Select(Kind).ToList();
        Require(
            kinds.TrueForAll(kind => kind is not null), $"--kinds {Kinds}: name any of {string.Join(",", KindNames)}");
        var scenes = new SceneOptions
        {
            MinObjects = range?.Min ?? 3,
            MaxObjects = range?.Max ?? 6,
            Kinds = kinds.Contains(null)
                ? [SceneQuestionKind.Count]
                : [.. kinds.Select(kind => kind!.Value).Distinct()],
            Grid = Grid,
            Form = As switch
            {
                "image" => SceneForm.Image,
                "sound" => SceneForm.Sound,
                _ => SceneForm.Words,
            },
            Question = Question,
            Traces = Traces,
            Noise = Noise,
            Waste = Waste,
        };
        errors.AddRange(scenes.Errors().Select(error => "--" + error));
        return errors.Count == 0 ? scenes : throw new UserErrorException("data scenes: " + string.Join("; ", errors));

        void Require(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }
    }

    private static IEnumerable<string> KindNames =>
        Enum.GetNames<SceneQuestionKind>().Select(name => name.ToLowerInvariant());

    private static SceneQuestionKind? Kind(string name) =>
        KindNames.ToList().IndexOf(name) is >= 0 and var at ? (SceneQuestionKind)at : null;

    private static (int Min, int Max)? Range(string text) =>
        text.Split('-') is [var min, var max] && int.TryParse(min, out var low) && int.TryParse(max, out var high)
            ? (low, high)
            : null;
}
