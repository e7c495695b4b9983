using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Tests.Extending;

/// <summary>A family as it would stand in <see cref="ModelFamily"/>.</summary>
public static class ExampleFamily
{
    /// <summary>Mistral 7B: as Llama, and every layer may see a window.</summary>
    public static ModelFamily Mistral { get; } = new("mistral", "MistralForCausalLM") { HasWindows = true };
}
