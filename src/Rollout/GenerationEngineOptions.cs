using R1Reward.Data;

namespace R1Reward.Rollout;

/// <summary>Sizes of a generation engine.</summary>
public sealed record GenerationEngineOptions
{
    /// <summary>Maximum of sequences that run at the same time: rows of the KV cache.</summary>
    public int MaxSequences { get; init; } = 256;

    /// <summary>
    /// Maximum of tokens of prompt and output of one sequence together; the model's positions bound it as well.
    /// </summary>
    public int MaxLength { get; init; } = int.MaxValue;

    /// <summary>
    /// Maximum of bytes of the KV cache, in which every sequence has as much room as the longest: fewer run together
    /// where they are long. One alone always runs. Allocated as it is needed.
    /// </summary>
    public long CacheBytes { get; init; } = 8L << 30;

    /// <summary>Maximum of prompt tokens that are computed in one forward pass, padding included.</summary>
    public int MaxPrefillTokens { get; init; } = 16384;

    /// <summary>
    /// In how many parts the running sequences are decoded, each on a thread of its own over the same weights; they
    /// share the bounds above. 0: one per thread on the CPU while each has 16 sequences, one on a GPU. One where the
    /// model has an adapter, or where a part could not hold the longest sequence.
    /// </summary>
    public int Parts { get; init; }

    /// <summary>Threads of tensor operations that the parts share out; 0: all processors.</summary>
    public int Threads { get; init; }

    /// <summary>Throws one message that lists every value out of range.</summary>
    /// <exception cref="UserErrorException">A value is out of range.</exception>
    public void Validate()
    {
        string[] errors =
        [
            .. MaxSequences < 1 ? [$"max-sequences {MaxSequences} must be at least 1"] : (string[])[],
            .. MaxLength < 2 ? [$"max-length {MaxLength} must be at least 2"] : (string[])[],
            .. CacheBytes < 1 ? [$"cache memory {CacheBytes} must be at least 1 byte"] : (string[])[],
            .. MaxPrefillTokens < 1 ? [$"max-prefill-tokens {MaxPrefillTokens} must be at least 1"] : (string[])[],
            .. Parts < 0 ? [$"parts {Parts} must not be negative"] : (string[])[],
            .. Threads < 0 ? [$"threads {Threads} must not be negative"] : (string[])[],
        ];
        if (errors.Length > 0)
        {
            throw new UserErrorException($"Rollout: {string.Join("; ", errors)}.");
        }
    }
}
