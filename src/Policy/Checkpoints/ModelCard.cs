using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Options;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Tokenization.Chat;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// What a judge must know about a model folder beyond what Hugging Face's files say: <c>r1reward.json</c> beside
/// config.json.
/// </summary>
/// <param name="Template">Name of the prompt template that the model was trained with.</param>
/// <param name="PositionRule">Position of the first text token after a video.</param>
public sealed record ModelCard(string Template, PositionRule PositionRule = PositionRule.AfterLargest)
{
    private const string FileName = "r1reward.json";

    /// <summary>What a template of the user's own is made from; null for a built-in one.</summary>
    public string? TemplateText { get; init; }

    /// <summary>The prompt template that the model was trained with.</summary>
    /// <exception cref="UserErrorException">There is none of that name, or its text is none.</exception>
    public PromptTemplate Prompt =>
        TemplateText is { } text ? OwnTemplate.Create(Template, text) : PromptTemplate.Get(Template);

    /// <summary>What training asked of pictures and videos beyond the folder's own preprocessing.</summary>
    public MediaLimits Limits { get; init; } = new();

    /// <summary>How transparency and orientation were treated in training.</summary>
    public ColourRule Colours { get; init; } = new DecodingOptions().Colours;

    /// <summary>Writes the card into a model folder.</summary>
    public void Save(string folder)
    {
        var json = new JObject
        {
            ["template"] = Template,
            ["position-rule"] = EnumNames.Dashed(PositionRule),
            ["media"] = new JObject
            {
                ["rule"] = EnumNames.Dashed(Limits.Rule),
                ["colours"] = EnumNames.Dashed(Colours),
                ["min-pixels"] = Limits.MinPixels,
                ["max-pixels"] = Limits.MaxPixels,
                ["total-pixels"] = Limits.TotalPixels,
                ["frames-per-second"] = Limits.FramesPerSecond,
                ["frames"] = Limits.Frames,
                ["min-frames"] = Limits.MinFrames,
                ["max-frames"] = Limits.MaxFrames,
            },
        };
        if (TemplateText is not null)
        {
            json["template-text"] = TemplateText;
        }

        File.WriteAllText(Path.Combine(folder, FileName), json + "\n");
    }

    /// <summary>Reads the card of a model folder; null where the model was not trained by this program.</summary>
    /// <exception cref="UserErrorException">The card is there and cannot be read.</exception>
    public static ModelCard? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        const string remedy = "Correct it, or delete it and name the --template.";
        try
        {
            var card = Parse(JObject.Parse(RegularFile.ReadText(path)));
            return card ?? throw new UserErrorException($"{path}: names no template. {remedy}");
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            throw new UserErrorException($"{path}: cannot be read: {error.Message} {remedy}", error);
        }
    }

    private static ModelCard? Parse(JObject json)
    {
        if ((string?)json["template"] is not { } template)
        {
            return null;
        }

        var media = json["media"] as JObject ?? [];
        return new ModelCard(template, Named<PositionRule>(json, "position-rule"))
        {
            TemplateText = (string?)json["template-text"],
            Colours = Named<ColourRule>(media, "colours"),
            Limits = new MediaLimits
            {
                Rule = Named<MediaRule>(media, "rule"),
                MinPixels = (int?)media["min-pixels"],
                MaxPixels = (int?)media["max-pixels"],
                TotalPixels = (int?)media["total-pixels"],
                FramesPerSecond = (double?)media["frames-per-second"],
                Frames = (int?)media["frames"],
                MinFrames = (int?)media["min-frames"],
                MaxFrames = (int?)media["max-frames"],
            },
        };
    }

    // Every rule's first value is what earlier releases, which wrote no name, did.
    private static T Named<T>(JObject json, string key)
        where T : struct, Enum =>
        (string?)json[key] is not { } name ? default
        : EnumNames.Values<T>() is var known && known.TryGetValue(name, out var value) ? value
        : throw new FormatException($"{key} {name} is not known; {string.Join(", ", known.Keys)} are.");

    private static bool IsUnreadable(Exception error) =>
        error is JsonException or FormatException or ArgumentException or OverflowException;
}
