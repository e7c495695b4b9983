using System.Collections.Immutable;

namespace R1Reward.Rewards.Judge;

/// <summary>The messages of a request and how they are to be answered.</summary>
/// <param name="System">Instruction and rules: trusted text of ours. Empty: no system message.</param>
/// <param name="Parts">The user message in order: what is judged, untrusted and quoted.</param>
public sealed record JudgePrompt(string System, ImmutableArray<JudgePart> Parts)
{
    /// <summary>A prompt whose user message is one text.</summary>
    public JudgePrompt(string system, string user)
        : this(system, [new JudgePart.Text(user)])
    {
    }

    /// <summary>A plain question that every judge can answer: whether it is asked rightly.</summary>
    public static JudgePrompt Check { get; } = new("", "Reply with the single character 1 and nothing else.")
    {
        IsCheck = true,
    };

    /// <summary>The text of the user message.</summary>
    public string User => string.Concat(Parts.OfType<JudgePart.Text>().Select(text => text.Value));

    /// <summary>Sampling temperature; null: <see cref="JudgeOptions.Temperature"/>.</summary>
    public double? Temperature { get; init; }

    /// <summary>Limit of the reply in tokens; null: <see cref="JudgeOptions.MaxTokens"/>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How many likeliest tokens are returned for each place of the reply; 0: no log-probabilities.</summary>
    public int TopLogProbs { get; init; }

    /// <summary>
    /// How often this question was asked before. A repetition is not answered from the cache of the first.
    /// </summary>
    public int Repetition { get; init; }

    /// <summary>Asked for the sake of asking: neither answered from the cache nor kept there.</summary>
    public bool IsCheck { get; init; }
}
