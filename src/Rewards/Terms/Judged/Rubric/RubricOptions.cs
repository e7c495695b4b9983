namespace R1Reward.Rewards.Terms.Judged.Rubric;

/// <summary>Options of the term <c>rubric</c>.</summary>
public sealed record RubricOptions
{
    /// <summary>The aspects the judge goes through (<c>set</c>: judgment, t2i or edit). Default <see cref="Rubrics.Judgment"/>.</summary>
    public required IReadOnlyList<RubricSection> Rubric { get; init; }

    /// <summary>Keys of the aspects that count (<c>aspects</c>). Default all.</summary>
    public required IReadOnlyList<string> Aspects { get; init; }

    /// <summary>Whether scores are read strictly (<c>reading</c>: strict or reference). Default strict.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>Temperature of the judge (<c>temperature</c>). Default 0.1.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Limit of the judge's reply in tokens (<c>max-tokens</c>). Default 2048.</summary>
    public int MaxTokens { get; init; } = 2048;

    /// <summary>Reads the options of an entry.</summary>
    public static RubricOptions Read(OptionReader options)
    {
        var rubric = Rubrics.Of(options.Text("set", "judgment"));
        if (rubric is null)
        {
            options.Refuse("set", "write one of judgment, t2i, edit");
            rubric = Rubrics.Judgment;
        }

        var (keys, chosen) = (rubric.Select(section => section.Key).ToList(), options.Texts("aspects"));
        if (chosen.Except(keys).Any())
        {
            options.Refuse("aspects", "write some of " + string.Join(", ", keys));
        }

        var reading = options.Text("reading", "strict");
        if (reading is not ("strict" or "reference"))
        {
            options.Refuse("reading", "write strict or reference");
        }

        return new RubricOptions
        {
            Rubric = rubric,
            Aspects = chosen.Count > 0 ? chosen : keys,
            Strict = reading == "strict",
            Temperature = options.Number("temperature", 0.1, 0, 2),
            MaxTokens = options.Whole("max-tokens", 2048, 1),
        };
    }
}
