using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Registry;

/// <summary>
/// Builds rewards. Two entries with the same type and options share one instance, whatever their names, weights and
/// timing: a model or a connection behind them exists once, for training and evaluation alike.
/// </summary>
/// <param name="services">What rewards need from outside.</param>
public sealed class RewardFactory(RewardServices services) : ITermContext, IDisposable
{
    private readonly Dictionary<string, IReward> _instances = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];
    private IJudgeClient? _judge;

    /// <inheritdoc/>
    public RewardServices Services { get; } = services;

    /// <summary>Instances made so far.</summary>
    public int Instances => _instances.Count;

    /// <summary>The suite of some definitions.</summary>
    /// <param name="definitions">The terms.</param>
    /// <param name="key">Where they stand, for messages, for example <c>r1reward.rewards.terms</c>.</param>
    /// <exception cref="UserErrorException">With every mistake, one per line.</exception>
    public RewardSuite Build(IReadOnlyList<RewardDefinition> definitions, string key)
    {
        var terms = definitions.Select((definition, i) => Term(definition, $"{key}[{i}]")).ToList();
        var names = definitions.GroupBy(definition => definition.Name, StringComparer.Ordinal);
        foreach (var twice in names.Where(same => same.Count() > 1))
        {
            _errors.Add($"{key}: {twice.Count()} terms are called {twice.Key}. Give each a name of its own.");
        }

        var errors = _errors.Distinct().ToList();
        _errors.Clear();
        return errors.Count == 0 ? new RewardSuite(terms) : throw new UserErrorException(string.Join('\n', errors));
    }

    /// <inheritdoc/>
    public IJudgeClient Judge(OptionReader options)
    {
        if (Services.Judge is null)
        {
            options.Refuse("type", "asks a judge, but none is configured");
            return RefusedTerm.Instance;
        }

        return _judge ??= Services.Judge();
    }

    /// <inheritdoc/>
    public IPointwiseReward Pointwise(OptionReader reader, JObject entry)
    {
        var type = (string?)entry["type"] ?? "";
        if (Instance(type, entry, reader.Place) is IPointwiseReward pointwise)
        {
            return pointwise;
        }

        reader.Refuse($"{type} compares the traces of a prompt; only terms of one trace can stand here.");
        return RefusedTerm.Instance;
    }

    /// <summary>Closes the instances that hold something open.</summary>
    public void Dispose()
    {
        foreach (var instance in _instances.Values.Distinct().OfType<IDisposable>())
        {
            instance.Dispose();
        }

        (_judge as IDisposable)?.Dispose();
    }

    private RewardTerm Term(RewardDefinition definition, string place) =>
        new(definition, Instance(definition.Type, definition.Options, place));

    private IReward Instance(string type, JObject entry, string place)
    {
        var options = Sorted(RewardDefinition.OptionsOf(entry));
        var identity = type + options.ToString(Formatting.None);
        if (_instances.TryGetValue(identity, out var shared))
        {
            return shared;
        }

        var errorsBefore = _errors.Count;
        var reader = new OptionReader($"{place} ({type})", options, _errors);
        if (RewardTypes.Create(type, reader, this) is not { } made)
        {
            reader.Refuse($"no such type of term; write one of {string.Join(", ", RewardTypes.Names)}.");
            return RefusedTerm.Instance;
        }

        reader.RefuseUnknown();
        if (_errors.Count == errorsBefore)
        {
            _instances[identity] = made;
        }

        return made;
    }

    private static JObject Sorted(JObject entry) => new(entry.Properties()
        .OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => new JProperty(property.Name, Sorted(property.Value))));

    private static JToken Sorted(JToken value) => value switch
    {
        JObject entry => Sorted(entry),
        JArray list => new JArray(list.Select(Sorted)),
        _ => value,
    };
}
