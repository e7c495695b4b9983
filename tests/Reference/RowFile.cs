using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests;

/// <summary>A case that is a file of rows, one JSON object per line.</summary>
internal static class RowFile
{
    /// <summary>The rows, with dates left as text.</summary>
    public static IEnumerable<JObject> Read(string section, string name) =>
        File.ReadLines(Fixtures.Path(section, name + ".jsonl")).Select(Parse);

    /// <summary>What a section says of itself.</summary>
    public static JObject About(string section) => Parse(File.ReadAllText(Fixtures.Path(section, "about.json")));

    /// <summary>Tries all rows of a case; the failure names those that differ.</summary>
    public static void AssertAll(string section, string name, Action<JObject> assert)
    {
        var (rows, failures) = (0, new List<string>());
        foreach (var row in Read(section, name))
        {
            rows++;
            try
            {
                assert(row);
            }
            catch (Exception error)
            {
                var names = $"{row["id"]} {row["group"]} {row["conversation"]} {row["template"]}";
                failures.Add($"row {rows} ({names}): {error.Message}");
            }
        }

        Assert.True(rows > 0, "no rows");
        Assert.True(
            failures.Count == 0,
            $"{failures.Count} of {rows} rows differ\n" + string.Join('\n', failures.Take(5)));
    }

    private static JObject Parse(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None };
        return JObject.Load(reader);
    }
}
