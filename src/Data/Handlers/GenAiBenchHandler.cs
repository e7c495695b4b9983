using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;

namespace R1Reward.Data.Handlers;

/// <summary>
/// GenAI-Bench: people's ratings of what several models made of one prompt; every two models are a pair, the larger
/// mean wins. Pictures come as Parquet with a column for each model, videos as a JSON map from ids. Pairs of which one
/// is not there are passed over, as published.
/// </summary>
/// <param name="videos">Whether it is the set of videos.</param>
internal sealed class GenAiBenchHandler(bool videos) : IDatasetHandler
{
    /// <inheritdoc/>
    public string Source => videos ? "genai_bench_video" : "genai_bench";

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path) =>
        videos ? ReadVideos(path) : HandledRow.ReadAll(path, Pictures);

    private IEnumerable<ComparisonRow> ReadVideos(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var (id, value) in Map(path))
        {
            var row = new HandledRow($"{path}, {id}", value as JObject ?? []);
            yield return HandledRow.Read(row.Place, () => Videos(id, row, folder));
        }
    }

    private IEnumerable<Comparison> Pictures(HandledRow row)
    {
        ComparedMedium? Made(string model, int number) => row[model] is null
            ? null
            : ComparedMedium.Inside($"image{number}", MediaKind.Image, row.Bytes(model));
        JObject Meta(string first, string second) => new()
        {
            ["prompt"] = row["Prompt"],
            ["model1"] = first,
            ["model2"] = second,
            ["index"] = row["Index"],
            ["source"] = Source,
        };
        return Pairs(row.Text("Prompt"), "text-to-image", Means(row, "HumanRatings"), Made, Meta);
    }

    private IEnumerable<Comparison> Videos(string id, HandledRow row, string folder)
    {
        ComparedMedium? Made(string model, int number)
        {
            var video = ComparedMedium.OnDisk($"video{number}", MediaKind.Video, folder, $"{model}/{id}.mp4");
            return File.Exists(video.Item.Path) ? video : null;
        }

        JObject Meta(string first, string second) => new()
        {
            ["id"] = id,
            ["prompt"] = row["prompt"],
            ["model1"] = first,
            ["model2"] = second,
            ["source"] = Source,
        };
        return Pairs(row.Text("prompt"), "text-to-video", Means(row, "models"), Made, Meta);
    }

    private static JObject Map(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path}: no such file; give the JSON file of GenAI-Bench's videos");
        }

        return Text.JsonText.ParseObject(Files.RegularFile.ReadText(path))
            ?? throw new UserErrorException($"{path}: is no JSON object; give the JSON file of GenAI-Bench's videos");
    }

    // A model that was not rated is null there.
    private static List<(string Model, double Mean)> Means(HandledRow row, string field)
    {
        var ratings = row[field] as JObject ?? throw row.Wrong(field, "give an object with the ratings of each model");
        return
        [
            .. ratings.Properties()
                .Where(model => model.Value is JArray { Count: > 0 })
                .Select(model => (model.Name, model.Value.Average(rating => Number(rating, $"{field}.{model.Name}")))),
        ];
    }

    private static double Number(JToken rating, string field) => rating.Type is JTokenType.Integer or JTokenType.Float
        ? (double)rating
        : throw new RowException($"field \"{field}\" has {RowFields.Name(rating)}; give numbers");

    private IEnumerable<Comparison> Pairs(
        string prompt,
        string task,
        List<(string Model, double Mean)> models,
        Func<string, int, ComparedMedium?> made,
        Func<string, string, JObject> meta)
    {
        for (var i = 0; i < models.Count; i++)
        {
            for (var j = i + 1; j < models.Count; j++)
            {
                var (first, second) = (made(models[i].Model, 1), made(models[j].Model, 2));
                if (first is null || second is null)
                {
                    continue;
                }

                yield return new Comparison
                {
                    Source = Source,
                    Task = task,
                    Prompt = prompt,
                    First = first,
                    Second = second,
                    Labels = Labels.For(Labels.Larger(models[i].Mean, models[j].Mean)),
                    IsExchangeable = true,
                    Meta = meta(models[i].Model, models[j].Model),
                    ExchangedMeta = meta(models[j].Model, models[i].Model),
                };
            }
        }
    }
}
