using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Extending;

public sealed class ExtendingTests
{
    [Fact]
    public void The_example_loss_lets_ratios_grow_to_its_upper_bound()
    {
        using var scope = NewDisposeScope();
        var tokens = new PolicyTokens(
            tensor(new[] { 0.25f, 0.5f }).log().unsqueeze(0) + 0.25,
            tensor(new[] { 0.25f, 0.5f }).log().unsqueeze(0),
            ones(1, 2),
            ones(1, 2));

        var loss = new ClipHigherLoss(0.2, 0.2).PerToken(tokens);
        var higher = new ClipHigherLoss(0.2, 0.5).PerToken(tokens);

        Assert.Equal(-1.2, loss[0, 0].item<float>(), 1e-6);
        Assert.Equal(-Math.Exp(0.25), higher[0, 0].item<float>(), 1e-5);
    }

    [Fact]
    public void The_example_estimator_compares_with_the_best_of_the_others() =>
        Assert.Equal([1.5, -1.5, -2], BestOfOthers.Shape([2, 0.5, 0]));

    [Fact]
    public void The_example_family_is_computed_as_its_properties_say()
    {
        var normed = Some.Config with { Family = ExampleFamily.NormedLlama };
        var plain = Some.Config with { Family = ModelFamily.Llama };

        Assert.Contains("model.layers.0.self_attn.q_norm.weight", Weights(normed));
        Assert.DoesNotContain("model.layers.0.self_attn.q_norm.weight", Weights(plain));
    }

    private static List<string> Weights(ModelConfig config)
    {
        using var model = CausalLM.Create(config, CPU, ScalarType.Float32, 1);
        return [.. model.Parameters.Specs.Select(spec => spec.Name)];
    }
}
