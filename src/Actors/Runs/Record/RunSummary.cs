using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// summary.json: name and seed of a run, one object per evaluation under the evaluation's name (<c>sft</c>,
/// <c>step-10</c>, <c>rl</c>, <c>noise</c>), <c>vote</c> and <c>any-correct</c> by number of samples, and seconds per
/// stage. What tables and reports print is read from it.
/// </summary>
public sealed record RunSummary
{
    private const string FinalEvaluation = "rl";

    /// <summary>Name of the run; null where the file does not say it.</summary>
    public string? Name { get; init; }

    /// <summary>Seed of the run; null where the file does not say it.</summary>
    public long? Seed { get; init; }

    /// <summary>Evaluations by name, in the order of their first result.</summary>
    public IReadOnlyDictionary<string, EvaluationSummary> Evaluations { get; init; } =
        new OrderedDictionary<string, EvaluationSummary>();

    /// <summary>
    /// Majority-vote accuracy after reinforcement learning by number of votes; null before it is known.
    /// </summary>
    public IReadOnlyDictionary<int, double>? Vote { get; init; }

    /// <summary>
    /// Share of pairs with a right sample among k after reinforcement learning; null before it is known.
    /// </summary>
    public IReadOnlyDictionary<int, double>? AnyCorrect { get; init; }

    /// <summary>Reinforcement updates; null where none was made or the file does not say it.</summary>
    public UpdateCounts? Updates { get; init; }

    /// <summary>What is not known of the traces of training; null where the file does not say it.</summary>
    public UnknownCounts? Unknown { get; init; }

    /// <summary>How answers had to be written to count; null where no evaluation says it.</summary>
    public string? Reading => Evaluations.Values
        .Select(evaluation => evaluation.Condition?.Answer)
        .FirstOrDefault(answer => answer is not null);

    /// <summary>
    /// Seconds spent in each stage, over all processes that worked on the run, in the order of their begin.
    /// </summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init; } = new OrderedDictionary<string, double>();

    /// <summary>Reads a summary; null where there is no file.</summary>
    public static RunSummary? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var json = JObject.Parse(File.ReadAllText(path));
        var evaluations = new OrderedDictionary<string, EvaluationSummary>();
        foreach (var property in json.Properties())
        {
            // No other object of the file has an accuracy: vote and any-correct have numbers as keys, seconds has
            // stages.
            if (property.Value is JObject value && value.ContainsKey("accuracy"))
            {
                evaluations[property.Name] = value.ToObject<EvaluationSummary>()!;
            }
        }

        return new RunSummary
        {
            Name = (string?)json["name"],
            Seed = (long?)json["seed"],
            Evaluations = evaluations,
            Vote = json["vote"]?.ToObject<OrderedDictionary<int, double>>(),
            AnyCorrect = json["any-correct"]?.ToObject<OrderedDictionary<int, double>>(),
            Updates = json["updates"]?.ToObject<UpdateCounts>(),
            Unknown = json["unknown"]?.ToObject<UnknownCounts>(),
            Seconds = json["seconds"]?.ToObject<OrderedDictionary<string, double>>() ?? [],
        };
    }

    /// <summary>Writes the file in one step.</summary>
    internal void Write(string path)
    {
        var json = new JObject { ["name"] = Name, ["seed"] = Seed };
        foreach (var (name, evaluation) in Evaluations)
        {
            json[name] = JObject.FromObject(evaluation);
        }

        AddIfKnown("vote", Vote);
        AddIfKnown("any-correct", AnyCorrect);
        AddIfKnown("updates", Updates);
        AddIfKnown("unknown", Unknown);
        var seconds = Seconds.Select(stage => KeyValuePair.Create(stage.Key, Math.Round(stage.Value, 2)));
        AddIfKnown("seconds", Seconds.Count > 0 ? new OrderedDictionary<string, double>(seconds) : null);
        AtomicFile.Write(path, json.ToString(Formatting.Indented) + "\n");

        void AddIfKnown(string name, object? figures)
        {
            if (figures is not null)
            {
                json[name] = JObject.FromObject(figures);
            }
        }
    }

    /// <summary>The summary with an evaluation; the one after reinforcement learning also gives the votes.</summary>
    internal RunSummary WithEvaluation(string name, EvaluationFigures figures, EvaluationCondition? condition)
    {
        var evaluations = new OrderedDictionary<string, EvaluationSummary>(Evaluations)
        {
            [name] = EvaluationSummary.From(figures, condition),
        };
        var isFinal = name == FinalEvaluation;
        return this with
        {
            Evaluations = evaluations,
            Vote = isFinal ? BySize(figures.Vote) : Vote,
            AnyCorrect = isFinal ? BySize(figures.AnyCorrect) : AnyCorrect,
        };
    }

    /// <summary>The summary without the evaluations that are not among these.</summary>
    internal RunSummary WithEvaluations(IReadOnlySet<string> made)
    {
        var kept = Evaluations.Where(evaluation => made.Contains(evaluation.Key));
        var isFinal = made.Contains(FinalEvaluation);
        return this with
        {
            Evaluations = new OrderedDictionary<string, EvaluationSummary>(kept),
            Vote = isFinal ? Vote : null,
            AnyCorrect = isFinal ? AnyCorrect : null,
        };
    }

    /// <summary>The summary with what a head of a scalar model finds.</summary>
    internal RunSummary WithScores(string name, ScoreFigures figures) => this with
    {
        Evaluations = new OrderedDictionary<string, EvaluationSummary>(Evaluations)
        {
            [name] = EvaluationSummary.From(figures),
        },
    };

    /// <summary>The summary with more seconds in a stage; a continued run adds to what it had.</summary>
    internal RunSummary AddSeconds(string stage, double seconds)
    {
        var all = new OrderedDictionary<string, double>(Seconds);
        all[stage] = all.GetValueOrDefault(stage) + seconds;
        return this with { Seconds = all };
    }

    /// <summary>What people call an evaluation of this run.</summary>
    public string TitleOf(string evaluation) => evaluation switch
    {
        "sft" => "after SFT",
        FinalEvaluation => Updates is null ? "at the end" : "after RL",
        "noise" => "with noise for media",
        _ => evaluation.Replace("step-", "after step ", StringComparison.Ordinal),
    };

    private static OrderedDictionary<int, double> BySize(IReadOnlyDictionary<int, double> figures) =>
        new(figures.OrderBy(figure => figure.Key));
}
