using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;

namespace R1Reward.Cli.Evaluating;

/// <summary>A file that is one JSON list, written an object at a time.</summary>
internal static class JsonArrayFile
{
    /// <summary>Writes the whole file at once: a reader sees the old content or the new.</summary>
    public static void Write(string path, IEnumerable<JObject> rows) => AtomicFile.Write(path, stream =>
    {
        using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        using var json = new JsonTextWriter(text) { Formatting = Formatting.Indented };
        json.WriteStartArray();
        foreach (var row in rows)
        {
            row.WriteTo(json);
        }

        json.WriteEndArray();
    });
}
