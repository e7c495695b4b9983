using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Options;
using R1Reward.Policy.Models.Vision;

namespace R1Reward.Actors.Workers;

/// <summary>
/// What a judge must know about a model folder beyond what Hugging Face's files say: <c>r1reward.json</c> beside
/// config.json.
/// </summary>
/// <param name="Template">Id of the prompt template that the model was trained with.</param>
/// <param name="PositionRule">Where text goes on after a video.</param>
public sealed record ModelCard(string Template, PositionRule PositionRule = PositionRule.AfterLargest)
{
    private const string FileName = "r1reward.json";

    /// <summary>What training asked of pictures and videos beyond the folder's own preprocessing.</summary>
    public MediaLimits Limits { get; init; } = new();

    /// <summary>How transparency and orientation were treated in training.</summary>
    public ColourRule Colours { get; init; } = new DecodingOptions().Colours;

    /// <summary>The card of what a run trains.</summary>
    public static ModelCard Of(ModelSettings settings) =>
        new(settings.Template, settings.PositionRule) { Limits = settings.Media.Limits, Colours = settings.Media.Decoding.Colours };

    /// <summary>Writes it into a model folder.</summary>
    public void Save(string folder)
    {
        var media = new JObject
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
        };
        var json = new JObject { ["template"] = Template, ["position-rule"] = EnumNames.Dashed(PositionRule), ["media"] = media };
        File.WriteAllText(Path.Combine(folder, FileName), json + "\n");
    }

    /// <summary>Reads it; null where the model was not trained by this program.</summary>
    /// <exception cref="UserErrorException">It is there and cannot be read.</exception>
    public static ModelCard? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var json = JObject.Parse(File.ReadAllText(path));
            if ((string?)json["template"] is { } template)
            {
                var media = json["media"] as JObject ?? [];
                return new ModelCard(template, Named<PositionRule>(json, "position-rule"))
                {
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
                    Colours = Named<ColourRule>(media, "colours"),
                };
            }
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException or OverflowException)
        {
            throw new UserErrorException($"{path}: cannot be read: {error.Message} Mend it, or delete it and name the --template.", error);
        }

        throw new UserErrorException($"{path}: names no template. Mend it, or delete it and name the --template.");
    }

    private static T Named<T>(JObject json, string key)
        where T : struct, Enum =>
        EnumNames.Values<T>().GetValueOrDefault((string?)json[key] ?? "");
}
