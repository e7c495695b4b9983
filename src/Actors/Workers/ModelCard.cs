using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration;
using R1Reward.Data;
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

    /// <summary>Writes it into a model folder.</summary>
    public void Save(string folder) =>
        File.WriteAllText(Path.Combine(folder, FileName), new JObject { ["template"] = Template, ["position-rule"] = SettingsReader.Dashed(PositionRule) } + "\n");

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
                var rules = Enum.GetValues<PositionRule>().ToDictionary(SettingsReader.Dashed);
                return new ModelCard(template, rules.GetValueOrDefault((string?)json["position-rule"] ?? ""));
            }
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{path}: not valid JSON: {error.Message} Mend it, or delete it and name the --template.", error);
        }

        throw new UserErrorException($"{path}: names no template. Mend it, or delete it and name the --template.");
    }
}
