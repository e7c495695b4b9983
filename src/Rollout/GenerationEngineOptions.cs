using R1Reward.Data;

namespace R1Reward.Rollout;

/// <summary>Sizes of a generation engine.</summary>
public sealed record GenerationEngineOptions
{
    /// <summary>Sequences that run at the same time: the rows of the KV cache.</summary>
    public int MaxSequences { get; init; } = 256;

    /// <summary>Most tokens of prompt and output of one sequence together.</summary>
    public int MaxLength { get; init; } = 4096;

    /// <summary>Most prompt tokens that are computed in one forward pass, padding included.</summary>
    public int MaxPrefillTokens { get; init; } = 16384;

    /// <summary>Throws one message that lists every value out of range.</summary>
    /// <exception cref="UserErrorException">A value is out of range.</exception>
    public void Validate()
    {
        string[] errors =
        [
            .. MaxSequences < 1 ? [$"max-sequences {MaxSequences} must be at least 1"] : (string[])[],
            .. MaxLength < 2 ? [$"max-length {MaxLength} must be at least 2"] : (string[])[],
            .. MaxPrefillTokens < 1 ? [$"max-prefill-tokens {MaxPrefillTokens} must be at least 1"] : (string[])[],
        ];
        if (errors.Length > 0)
        {
            throw new UserErrorException($"Rollout: {string.Join("; ", errors)}.");
        }
    }
}
