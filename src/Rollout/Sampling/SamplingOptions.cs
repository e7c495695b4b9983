using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Rollout.Sampling;

/// <summary>
/// How tokens are chosen. The defaults sample the policy itself (decision D27): temperature 1 and no filter. Filters
/// apply in the field's usual order: repetition penalty, minimum length, temperature, top-k, top-p, min-p; each works
/// on what the one before it left.
/// </summary>
public sealed record SamplingOptions
{
    // Below, a difference in the last digit of a logit decides, and soon the quotient overflows.
    private const double LeastTemperature = 1e-9;

    // Far beyond what makes all tokens equally likely; a factor that rounds to 0 would make forbidden ones possible.
    private const double LargestTemperature = 1e30;

    private const double LeastPenalty = 0.01, LargestPenalty = 100;

    /// <summary>Divides the logits; 0, and all below 1e-9, takes the most likely token. At most 1e30.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps the most likely tokens until their probabilities reach this sum; 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps this many most likely tokens, and those as likely as the last of them; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps tokens at least this fraction as likely as the most likely one; 0 keeps all.</summary>
    public double MinP { get; init; }

    /// <summary>
    /// Divides positive and multiplies negative logits of tokens that the prompt or the output holds already, once
    /// however often; 1 leaves them. 0.01 to 100.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Maximum of tokens to sample, the end token included.</summary>
    public int MaxNewTokens { get; init; } = 512;

    /// <summary>Tokens that come before one of <see cref="StopTokens"/> may; 0 by default.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>
    /// Tokens that end the output and are part of it; null: those of the checkpoint and its tokenizer.
    /// </summary>
    public IReadOnlySet<int>? StopTokens { get; init; }

    /// <summary>Texts that end the output once they appear in it; they stay part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Whether the most likely token is always taken.</summary>
    internal bool Greedy => Temperature < LeastTemperature;

    /// <summary>Whether logits are used as the model gives them.</summary>
    internal bool Plain => RepetitionPenalty == 1 && (Greedy || (Temperature == 1 && !Filters));

    /// <summary>Whether some tokens are left out before drawing.</summary>
    internal bool Filters => TopP < 1 || TopK > 0 || MinP > 0;

    /// <summary>
    /// These options with what a checkpoint's <c>generation_config.json</c> states in place of their own; what it is
    /// silent about stays.
    /// </summary>
    public SamplingOptions With(GenerationDefaults defaults) => this with
    {
        Temperature = defaults.Samples == false ? 0 : defaults.Temperature ?? Temperature,
        TopK = defaults.TopK ?? TopK,
        TopP = defaults.TopP ?? TopP,
        MinP = defaults.MinP ?? MinP,
        RepetitionPenalty = defaults.RepetitionPenalty ?? RepetitionPenalty,
    };

    /// <summary>Throws one message that lists every value out of range.</summary>
    /// <exception cref="UserErrorException">A value is out of range.</exception>
    public void Validate()
    {
        var errors = new List<string>();
        Require(
            Temperature is >= 0 and <= LargestTemperature,
            $"temperature {Temperature} must be between 0 and {LargestTemperature}");
        Require(TopP is > 0 and <= 1, $"top-p {TopP} must be above 0 and at most 1");
        Require(TopK >= 0, $"top-k {TopK} must be 0 (off) or more");
        Require(MinP is >= 0 and <= 1, $"min-p {MinP} must be between 0 and 1");
        Require(
            RepetitionPenalty is >= LeastPenalty and <= LargestPenalty,
            $"repetition-penalty {RepetitionPenalty} must be between {LeastPenalty} and {LargestPenalty}");
        Require(MaxNewTokens > 0, $"max-new-tokens {MaxNewTokens} must be at least 1");
        Require(MinNewTokens >= 0, $"min-new-tokens {MinNewTokens} must be 0 or more");
        Require(StopStrings.All(stop => stop.Length > 0), $"stop strings must not be empty");
        if (errors.Count > 0)
        {
            throw new UserErrorException($"Sampling: {string.Join("; ", errors)}.");
        }

        void Require(bool holds, FormattableString rule)
        {
            if (!holds)
            {
                errors.Add(FormattableString.Invariant(rule));
            }
        }
    }
}
