using Newtonsoft.Json.Linq;
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
    public IEnumerable<Comparison> Read(string path) => videos ? ReadVideos(path) : ReadPictures(path);

    private IEnumerable<Comparison> ReadPictures(string path)
    {
        foreach (var row in HandledRow.ReadAll(path))
        {
            if (row["HumanRatings"] is not JObject ratings)
            {
                throw row.Wrong("HumanRatings", "give an object with the ratings of each model");
            }

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
            foreach (var pair in Pairs(row.Text("Prompt"), "text-to-image", Means(ratings), Made, Meta))
            {
                yield return pair;
            }
        }
    }

    private IEnumerable<Comparison> ReadVideos(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var (id, value) in Map(path))
        {
            var row = new HandledRow($"{path}, {id}", value as JObject ?? []);
            if (row["models"] is not JObject ratings)
            {
                throw row.Wrong("models", "give an object with the ratings of each model");
            }

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
            foreach (var pair in Pairs(row.Text("prompt"), "text-to-video", Means(ratings), Made, Meta))
            {
                yield return pair;
            }
        }
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
    private static List<(string Model, double Mean)> Means(JObject ratings) =>
    [
        .. ratings.Properties()
            .Where(model => model.Value is JArray { Count: > 0 })
            .Select(model => (model.Name, model.Value.Average(rating => (double)rating))),
    ];

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
