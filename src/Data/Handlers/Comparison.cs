using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// Two pictures, videos or sounds that were made for one request, and which of them people prefer: an item of one of
/// the sets that LightRFT's loaders know.
/// </summary>
public sealed record Comparison
{
    /// <summary>The source that a dataset address names, for example <c>hpdv3</c>.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// What was asked for: <c>text-to-image</c>, <c>text-to-video</c>, <c>image-to-video</c> or <c>text-to-audio</c>.
    /// </summary>
    public required string Task { get; init; }

    /// <summary>What was asked for, in words.</summary>
    public required string Prompt { get; init; }

    /// <summary>The candidate that is shown first.</summary>
    public required ComparedMedium First { get; init; }

    /// <summary>The candidate that is shown second.</summary>
    public required ComparedMedium Second { get; init; }

    /// <summary>The picture that both candidates were made from; null where there is none.</summary>
    public ComparedMedium? Start { get; init; }

    /// <summary>What the comparison is about; null where nothing is said.</summary>
    public string? Criteria { get; init; }

    /// <summary>
    /// Which candidate is preferred, by the name of the head that learns it (decision D14); empty where only
    /// <see cref="Reply"/> says it.
    /// </summary>
    public required IReadOnlyDictionary<string, PreferenceLabel> Labels { get; init; }

    /// <summary>A judgment to imitate, as the set has it; null where it has none.</summary>
    public string? Reply { get; init; }

    /// <summary>Whether the published loader draws the order of the candidates.</summary>
    public bool IsExchangeable { get; init; }

    /// <summary>What the published loader tells of the item beside its label.</summary>
    public required JObject Meta { get; init; }

    /// <summary>The same of the exchanged item, where it tells something else then; null: the same.</summary>
    public JObject? ExchangedMeta { get; init; }

    /// <summary>The same item with its candidates exchanged and the labels turned.</summary>
    public Comparison Exchanged() => this with
    {
        First = Second,
        Second = First,
        Labels = Labels.ToDictionary(label => label.Key, label => PreferencePair.Turned(label.Value)),
        Meta = ExchangedMeta ?? Meta,
        ExchangedMeta = ExchangedMeta is null ? null : Meta,
    };
}
