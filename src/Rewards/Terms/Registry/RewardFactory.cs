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
public sealed class RewardFactory(RewardServices services) : IDisposable
{
    private static readonly string[] NotOptions = ["type", "name", "weight", "async"];

    private readonly Dictionary<string, IReward> _instances = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];
    private IJudgeClient? _judge;

    /// <summary>What rewards need from outside.</summary>
    public RewardServices Services { get; } = services;

    /// <summary>Instances made so far.</summary>
    public int Instances => _instances.Count;

    /// <summary>Mistakes found while a suite is built.</summary>
    internal List<string> Errors => _errors;

    /// <summary>The suite of some definitions.</summary>
    /// <param name="definitions">The terms.</param>
    /// <param name="key">Where they stand, for messages, for example <c>r1reward.rewards.terms</c>.</param>
    /// <exception cref="UserErrorException">With every mistake, one per line.</exception>
    public RewardSuite Build(IReadOnlyList<RewardDefinition> definitions, string key)
    {
        var terms = definitions.Select((definition, i) => new RewardTerm(definition, Instance(definition.Type, definition.Options, $"{key}[{i}] ({definition.Type})"))).ToList();
        foreach (var twice in definitions.GroupBy(definition => definition.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            _errors.Add($"{key}: {twice.Count()} terms are called {twice.Key}. Give each a name of its own.");
        }

        var errors = _errors.Distinct().ToList();
        _errors.Clear();
        return errors.Count == 0 ? new RewardSuite(terms) : throw new UserErrorException(string.Join('\n', errors));
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

    /// <summary>The reward of an entry inside another term's options.</summary>
    internal IReward Nested(JObject entry, string place)
    {
        var type = (string?)entry["type"] ?? "";
        return Instance(type, entry, $"{place} ({type})");
    }

    /// <summary>As <see cref="Nested"/>, for terms that can only use rewards of one trace.</summary>
    internal IPointwiseReward NestedPointwise(JObject entry, string place)
    {
        var reward = Nested(entry, place);
        if (reward is IPointwiseReward pointwise)
        {
            return pointwise;
        }

        _errors.Add($"{place}: {(string?)entry["type"]} compares the traces of a prompt; only terms of one trace can stand here.");
        return Nothing.Instance;
    }

    /// <summary>The judge, for terms that ask one.</summary>
    internal IJudgeClient Judge(OptionReader options)
    {
        if (Services.Judge is null)
        {
            options.Refuse("type", "asks a judge, but none is configured");
            return Nothing.Instance;
        }

        return _judge ??= Services.Judge();
    }

    private IReward Instance(string type, JObject entry, string place)
    {
        var options = Sorted(new JObject(entry.Properties().Where(property => !NotOptions.Contains(property.Name))));
        var identity = type + options.ToString(Formatting.None);
        if (_instances.TryGetValue(identity, out var shared))
        {
            return shared;
        }

        var (before, reader) = (_errors.Count, new OptionReader(place, options, _errors));
        var made = RewardTypes.Create(type, reader, this);
        if (made is null)
        {
            _errors.Add($"{place}: no such type of term; write one of {string.Join(", ", RewardTypes.Names)}.");
            return Nothing.Instance;
        }

        reader.RefuseUnknown();
        return _errors.Count > before ? made : _instances[identity] = made;
    }

    private static JObject Sorted(JObject entry) => new(entry.Properties().OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => new JProperty(property.Name, Sorted(property.Value))));

    private static JToken Sorted(JToken value) => value switch
    {
        JObject entry => Sorted(entry),
        JArray list => new JArray(list.Select(Sorted)),
        _ => value,
    };

    /// <summary>Stands where a mistake was found, until all are reported.</summary>
    private sealed class Nothing : IPointwiseReward, IJudgeClient
    {
        public static Nothing Instance { get; } = new();

        public RewardField Required => RewardField.None;

        public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("a term with a mistake in it was used");

        public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("a term with a mistake in it was used");
    }
}
