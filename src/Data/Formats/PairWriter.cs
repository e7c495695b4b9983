using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Data.Formats;

/// <summary>Writes data files whole or not at all: beside the target first, then renamed.</summary>
public static class PairWriter
{
    /// <summary>Writes the project's own JSONL.</summary>
    public static void WritePairs(string path, IEnumerable<PreferencePair> pairs) => Write(path, pairs.Select(PairRow.Write));

    /// <summary>Writes R1-Reward's training format; every pair needs a label.</summary>
    public static void WriteR1Reward(string path, IEnumerable<PreferencePair> pairs, PromptTemplate template) =>
        Write(path, pairs.Select(pair => R1RewardRow.Write(pair, template)));

    private static void Write(string path, IEnumerable<JObject> rows) => AtomicFile.Write(path, file =>
    {
        using var text = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (var row in rows)
        {
            text.WriteLine(row.ToString(Formatting.None));
        }
    });
}
