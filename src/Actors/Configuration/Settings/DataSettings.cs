using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Where a run's pairs come from.</summary>
public sealed record DataSettings
{
    /// <summary>The built-in task or files.</summary>
    public required DataSource Source { get; init; }

    /// <summary>Training pairs: a file, a folder, or a dataset address.</summary>
    public required string Train { get; init; }

    /// <summary>Held-out pairs, named likewise; empty: a share of the training pairs.</summary>
    public required string HeldOut { get; init; }

    /// <summary>Share of prompts held out when there is no file for them.</summary>
    public required double HeldOutShare { get; init; }

    /// <summary>Format of files that are named by their path.</summary>
    public required PairFormat Format { get; init; }

    /// <summary>Order of the candidates in training.</summary>
    public required CandidateOrder Order { get; init; }

    /// <summary>Whether each pass goes from easy pairs to hard ones.</summary>
    public required bool EasyFirst { get; init; }

    /// <summary>Longest prompt in tokens; 0: no limit.</summary>
    public required int MaxPromptTokens { get; init; }

    /// <summary>Options of the built-in task.</summary>
    public required SceneOptions Scenes { get; init; }

    private static Dictionary<string, SceneForm> SceneForms { get; } = new()
    {
        ["words"] = SceneForm.Words,
        ["image"] = SceneForm.Image,
        ["sound"] = SceneForm.Sound,
    };

    private static Dictionary<string, bool> PassOrders { get; } = new() { ["shuffled"] = false, ["easy-first"] = true };

    /// <summary>Reads the keys under <c>r1reward.data</c>.</summary>
    public static DataSettings Read(SettingsReader reader)
    {
        const string scenes = "r1reward.data.scenes.";
        var settings = new DataSettings
        {
            Source = reader.OneOf<DataSource>("r1reward.data.source"),
            Train = reader.Dataset("r1reward.data.train"),
            HeldOut = reader.Dataset("r1reward.data.heldout"),
            HeldOutShare = reader.Number("r1reward.data.heldout-share", 0.001, 0.999),
            Format = reader.OneOf<PairFormat>("r1reward.data.format"),
            Order = reader.OneOf<CandidateOrder>("r1reward.data.order"),
            EasyFirst = reader.OneOf("r1reward.data.pass-order", PassOrders),
            MaxPromptTokens = reader.Whole("r1reward.data.max-prompt-tokens", 0),
            Scenes = new SceneOptions
            {
                MinObjects = reader.Whole(scenes + "min-objects", 3, 9),
                MaxObjects = reader.Whole(scenes + "max-objects", 3, 9),
                Kinds = [.. reader.ListOf<SceneQuestionKind>(scenes + "kinds")],
                Grid = reader.Whole(scenes + "grid", 3, 6),
                Form = reader.OneOf(scenes + "as", SceneForms),
                Question = reader.OneOf<QuestionPlace>(scenes + "question"),
                Noise = reader.Number(scenes + "noise", 0, 1),
                Waste = reader.Number(scenes + "waste", 0, 1),
            },
        };
        if (settings.Source == DataSource.File)
        {
            RequireData(reader, "r1reward.data.train", settings.Train, required: true);
            RequireData(reader, "r1reward.data.heldout", settings.HeldOut, required: false);
        }

        if (settings.Scenes.MinObjects > settings.Scenes.MaxObjects)
        {
            reader.Refuse(scenes + "min-objects", $"write at most max-objects, which is {settings.Scenes.MaxObjects}");
        }

        if (settings.Scenes is { Question: not QuestionPlace.After, Form: not SceneForm.Words })
        {
            reader.Refuse(scenes + "question", "write after; only scenes in words stand beside their question");
        }

        return settings;
    }

    private static void RequireData(SettingsReader reader, string key, string name, bool required)
    {
        if (name.Length == 0)
        {
            if (required)
            {
                reader.Refuse(key, "name a file of preference pairs, or source:path");
            }

            return;
        }

        try
        {
            Dataset.Require(name);
        }
        catch (UserErrorException wrong)
        {
            reader.Refuse(key, wrong.Message);
        }
    }
}
