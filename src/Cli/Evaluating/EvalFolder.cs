using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;

namespace R1Reward.Cli.Evaluating;

/// <summary>
/// The folder of an evaluation (<c>eval --save DIR</c>): what it depends on, and a line for each judged pair. A line
/// outlives the process as soon as its pair is judged, so that an evaluation that was stopped goes on with the rest.
/// </summary>
internal sealed class EvalFolder : IDisposable
{
    private readonly JsonLines? _lines;

    private EvalFolder(string root, JObject condition, JsonLines? lines)
    {
        Root = root;
        Condition = condition;
        _lines = lines;
    }

    /// <summary>Path of the folder.</summary>
    public string Root { get; }

    /// <summary>What the results depend on.</summary>
    public JObject Condition { get; }

    /// <summary>Everything about each judged pair, read anew each time.</summary>
    public IEnumerable<JObject> Lines => JsonLines.Read(PathOf("results.jsonl"));

    /// <summary>Whether a folder is that of an evaluation.</summary>
    public static bool IsIn(string root) => File.Exists(Path.Combine(root, "evaluation.json"));

    /// <summary>Opens the folder of an evaluation to add to it; it is made if missing.</summary>
    /// <exception cref="UserErrorException">It holds results of another evaluation.</exception>
    public static EvalFolder Open(string root, JObject condition)
    {
        if (IsIn(root))
        {
            RequireSame(root, ConditionIn(root), condition);
        }
        else
        {
            AtomicFile.Write(Path.Combine(root, "evaluation.json"), condition.ToString(Formatting.Indented) + "\n");
        }

        return new EvalFolder(root, condition, new JsonLines(Path.Combine(root, "results.jsonl")));
    }

    /// <summary>Opens the folder of an evaluation to read it.</summary>
    public static EvalFolder Read(string root) => new(root, ConditionIn(root), null);

    /// <summary>The results so far, in the order in which they were added.</summary>
    public List<PairResult> Results() => [.. Lines.Select(JudgedLine.Read)];

    /// <summary>The pairs that could be shown to the model, with their lines, read anew each time.</summary>
    public IEnumerable<(PairResult Result, JObject Line)> Shown() => Lines
        .Select(line => (Result: JudgedLine.Read(line), Line: line))
        .Where(one => one.Result.Problem is null);

    /// <summary>Adds a judged pair.</summary>
    public void Add(JObject line) => _lines!.Append(line);

    /// <summary>The path of one of its files.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <inheritdoc/>
    public void Dispose() => _lines?.Dispose();

    private static JObject ConditionIn(string root)
    {
        var path = Path.Combine(root, "evaluation.json");
        try
        {
            return JObject.Parse(File.ReadAllText(path));
        }
        catch (JsonException broken)
        {
            throw new UserErrorException(
                $"{path}: not valid JSON ({broken.Message.TrimEnd('.')}). Name another folder.", broken);
        }
    }

    private static void RequireSame(string root, JObject there, JObject now)
    {
        var differences = there.Properties().Concat(now.Properties())
            .Select(property => property.Name)
            .Distinct()
            .Where(name => (string?)there[name] != (string?)now[name])
            .Select(name => $"{name} {(string?)there[name] ?? "none"} there, {(string?)now[name] ?? "none"} now")
            .ToList();
        if (differences.Count > 0)
        {
            throw new UserErrorException(
                $"{root}: holds the results of another evaluation ({string.Join("; ", differences)}). Name another "
                + "folder, or give the same options to go on.");
        }
    }
}
