using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// summary.json: <c>sft</c> and <c>rl</c> with accuracy, format, consistency and length, <c>vote</c> and
/// <c>any-correct</c> by number of samples, seconds per stage, name and seed. What tables print is read from it.
/// </summary>
public sealed class RunSummary
{
    private readonly string _path;
    private readonly JObject _json;

    private RunSummary(string path, JObject json) => (_path, _json) = (path, json);

    /// <summary>Opens the summary of a new or continued run.</summary>
    public static RunSummary Open(string path, string name, long seed)
    {
        var json = File.Exists(path) ? JObject.Parse(File.ReadAllText(path)) : new JObject { ["name"] = name, ["seed"] = seed };
        return new RunSummary(path, json);
    }

    /// <summary>Takes in an evaluation. That of name <c>rl</c> also gives <c>vote</c> and <c>any-correct</c>.</summary>
    public void Evaluation(string name, EvaluationFigures figures)
    {
        _json[name] = new JObject
        {
            ["accuracy"] = figures.Accuracy,
            ["format"] = figures.Format,
            ["consistency"] = figures.Consistency,
            ["length"] = figures.Length,
            ["unreadable"] = figures.Unreadable,
            ["undecided"] = figures.Undecided,
            ["left-out"] = figures.LeftOut,
            ["rewards"] = figures.Rewards.Count > 0 ? JObject.FromObject(figures.Rewards) : null,
            ["first-share"] = figures.Position?.FirstShare,
            ["same-response"] = figures.Position?.SameResponse,
            ["pairs"] = figures.Pairs,
            ["samples-per-pair"] = figures.SamplesPerPair,
        };
        if (name == "rl")
        {
            _json["vote"] = ByNumber(figures.Vote);
            _json["any-correct"] = ByNumber(figures.AnyCorrect);
        }
    }

    /// <summary>Adds seconds spent in a stage; a continued run adds to what it had.</summary>
    public void Seconds(string stage, double seconds)
    {
        var all = (JObject)(_json["seconds"] ??= new JObject());
        all[stage] = Math.Round(((double?)all[stage] ?? 0) + seconds, 2);
    }

    /// <summary>Writes the file in one step.</summary>
    public void Save() => AtomicFile.Write(_path, _json.ToString(Formatting.Indented) + "\n");

    private static JObject ByNumber(IReadOnlyDictionary<int, double> figures) =>
        new(figures.OrderBy(pair => pair.Key).Select(pair => new JProperty(pair.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), pair.Value)));
}
