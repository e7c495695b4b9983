using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Actors.Workers;

/// <summary>
/// What a judge must know about a model folder beyond what Hugging Face's files say: <c>r1reward.json</c> beside
/// config.json.
/// </summary>
/// <param name="Template">Id of the prompt template that the model was trained with.</param>
public sealed record ModelCard(string Template)
{
    private const string FileName = "r1reward.json";

    /// <summary>Writes it into a model folder.</summary>
    public void Save(string folder) =>
        File.WriteAllText(Path.Combine(folder, FileName), new JObject { ["template"] = Template } + "\n");

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
            if ((string?)JObject.Parse(File.ReadAllText(path))["template"] is { } template)
            {
                return new ModelCard(template);
            }
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{path}: not valid JSON: {error.Message} Mend it, or delete it and name the --template.", error);
        }

        throw new UserErrorException($"{path}: names no template. Mend it, or delete it and name the --template.");
    }
}
