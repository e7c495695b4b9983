using R1Reward.Data.Files;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Data.Formats;

/// <summary>Writes files of pairs, whole or not at all: beside the target first, then renamed.</summary>
public static class PairWriter
{
    /// <summary>Writes the project's own JSONL, which keeps every field of a pair.</summary>
    public static void WritePairs(string path, IEnumerable<PreferencePair> pairs) =>
        JsonLines.Write(path, pairs.Select(PairRow.Write));

    /// <summary>Writes the rows that R1-Reward's own trainer reads.</summary>
    /// <exception cref="UserErrorException">A pair has no label, which the format needs.</exception>
    public static void WriteR1Reward(string path, IEnumerable<PreferencePair> pairs, PromptTemplate template) =>
        JsonLines.Write(path, pairs.Select(pair => R1RewardRow.Write(pair, template)));
}
