using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Tests.Extending;

/// <summary>A family as it would stand in <see cref="ModelFamily"/>.</summary>
public static class ExampleFamily
{
    /// <summary>As Llama, with each head of queries and keys normed before the rotation.</summary>
    public static ModelFamily NormedLlama { get; } = new("normed_llama", "NormedLlamaForCausalLM")
    {
        QueryKeyNorm = true,
    };
}
