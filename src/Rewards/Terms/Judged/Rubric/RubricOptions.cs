using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Judged.Rubric;

/// <summary>Options of the term <c>rubric</c>.</summary>
public sealed record RubricOptions
{
    /// <summary>
    /// The aspects the judge goes through (<c>set</c>: judgment, t2i or edit). Default <see cref="Rubrics.Judgment"/>.
    /// </summary>
    public IReadOnlyList<RubricSection> Rubric { get; init; } = Rubrics.Judgment;

    /// <summary>Keys of the aspects that count (<c>aspects</c>). Default all.</summary>
    public required IReadOnlyList<string> Aspects { get; init; }

    /// <summary>How scores are read out of the judge's reply (<c>reading</c>). Default strict.</summary>
    public ReplyReading Reading { get; init; } = ReplyReading.Strict;

    /// <summary>Temperature of the judge (<c>temperature</c>). Default 0.1.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Limit of the judge's reply in tokens (<c>max-tokens</c>). Default 2048.</summary>
    public int MaxTokens { get; init; } = 2048;

    /// <summary>Reads the options of an entry.</summary>
    public static RubricOptions Read(OptionReader options)
    {
        var usual = new RubricOptions { Aspects = [] };
        var rubric = options.OneOf("set", usual.Rubric, Rubrics.ByName);
        var keys = rubric.Select(section => section.Key).ToList();
        var chosen = options.Texts("aspects");
        if (chosen.Except(keys).Any())
        {
            options.Refuse("aspects", "write some of " + string.Join(", ", keys));
        }

        return new RubricOptions
        {
            Rubric = rubric,
            Aspects = chosen.Count > 0 ? chosen : keys,
            Reading = options.OneOf("reading", usual.Reading),
            Temperature = options.Number("temperature", usual.Temperature, 0, 2),
            MaxTokens = options.Whole("max-tokens", usual.MaxTokens, 1),
        };
    }
}
