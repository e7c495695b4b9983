using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Loading;
using R1Reward.Data.Evaluation;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Custom;

namespace R1Reward.Rewards.Evaluators;

/// <summary>The types of evaluators, one line each; docs/extending.md shows one of one's own.</summary>
public static class EvaluatorTypes
{
    private static readonly Dictionary<string, Func<OptionReader, string, IEvaluator>> ByName =
        new(StringComparer.Ordinal)
        {
            ["categories"] = (_, _) => new CategoryEvaluator(),
            ["custom"] = Custom,
        };

    /// <summary>
    /// Builds the evaluators of a list of entries: <c>type</c>, <c>name</c> (default the type), options.
    /// </summary>
    /// <param name="entries">The entries.</param>
    /// <param name="key">Where they stand, for messages.</param>
    /// <param name="folder">Where relative paths among their options start.</param>
    /// <exception cref="UserErrorException">With every mistake, one per line.</exception>
    public static IReadOnlyList<NamedEvaluator> Build(IReadOnlyList<JObject> entries, string key, string folder)
    {
        var errors = new List<string>();
        var made = entries.Select((entry, i) => Create(entry, $"{key}[{i}]", folder, errors)).ToList();
        foreach (var twice in made.GroupBy(evaluator => evaluator.Name).Where(same => same.Count() > 1))
        {
            errors.Add($"{key}: {twice.Count()} evaluators are called {twice.Key}. Give each a name of its own.");
        }

        return errors.Count == 0 ? made : throw new UserErrorException(string.Join('\n', errors));
    }

    private static NamedEvaluator Create(JObject entry, string place, string folder, List<string> errors)
    {
        var type = (string?)entry["type"] ?? "";
        var reader = new OptionReader($"{place} ({type})", entry, errors);
        reader.Text("type");
        var name = reader.Text("name", type);
        if (!ByName.TryGetValue(type, out var create))
        {
            reader.Refuse($"no such type of evaluator; write one of {string.Join(", ", ByName.Keys)}.");
            return new NamedEvaluator(name, new CategoryEvaluator());
        }

        var evaluator = create(reader, folder);
        reader.RefuseUnknown();
        return new NamedEvaluator(name, evaluator);
    }

    private static IEvaluator Custom(OptionReader reader, string folder)
    {
        var custom = CustomOptions.Read(reader);
        try
        {
            if (custom.Assembly.Length > 0 && custom.Class.Length > 0)
            {
                var path = Path.GetFullPath(custom.Assembly, folder);
                return OwnClass.Load<IEvaluator>(path, custom.Class, custom.Options);
            }
        }
        catch (UserErrorException wrong)
        {
            reader.Refuse("class", wrong.Message);
        }

        return new CategoryEvaluator();
    }
}
