using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation.Layouts;

/// <summary>
/// MM-Reward's result file. Its model prefers the first response only where that scores higher, so that of equal scores
/// the second one is preferred; there its accuracy may differ from <see cref="Score.Accuracy"/>.
/// </summary>
public static class MmRewardResults
{
    /// <summary>Writes the file at once: a reader sees the old content or the new.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model's folder.</param>
    /// <param name="pairs">
    /// Pairs with scores, gone through twice, each with the object that holds its <c>question</c>, <c>response1</c> and
    /// <c>response2</c>.
    /// </param>
    public static void Write(string path, string? model, IEnumerable<(PairResult Result, JObject Texts)> pairs)
    {
        var (right, total) = (0, 0);
        foreach (var (result, _) in pairs)
        {
            right += Preferred(result) == Human(result) ? 1 : 0;
            total++;
        }

        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            using var json = new JsonTextWriter(text) { Formatting = Formatting.Indented };
            json.WriteStartObject();
            Property("accuracy", total == 0 ? null : right / (double)total);
            Property("correct_count", right);
            Property("total_count", total);
            Property("model_path", model);
            json.WritePropertyName("details");
            json.WriteStartArray();
            foreach (var (result, texts) in pairs)
            {
                Detail(result, texts).WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();

            void Property(string name, object? value)
            {
                json.WritePropertyName(name);
                json.WriteValue(value);
            }
        });
    }

    private static JObject Detail(PairResult result, JObject texts) => new()
    {
        ["id"] = result.OriginalId ?? result.Id,
        ["scores"] = new JArray(result.Score1!.Value, result.Score2!.Value),
        ["human_ranking"] = Human(result) == 0 ? new JArray(0, 1) : new JArray(1, 0),
        ["model_preferred_idx"] = Preferred(result),
        ["human_preferred_idx"] = Human(result),
        ["is_correct"] = Preferred(result) == Human(result),
        ["query"] = texts["question"],
        ["responses"] = new JArray(texts["response1"]!, texts["response2"]!),
    };

    private static int Preferred(PairResult result) => result.Score1 > result.Score2 ? 0 : 1;

    private static int Human(PairResult result) => result.Label == PreferenceLabel.First ? 0 : 1;
}
