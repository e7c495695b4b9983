using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Heads;

/// <summary>
/// The layers of each <see cref="HeadKind"/>, numbered as in the published <c>nn.Sequential</c>, from which the names
/// of their weights follow.
/// </summary>
internal static class HeadLayers
{
    // The machine epsilon of float32, which PyTorch's RMSNorm takes where nothing is said.
    private const double Epsilon = 1.1920928955078125e-07;

    private enum Step
    {
        Widen,
        Halve,
        Score,
        ScoreWithoutBias,
        Norm,
        Silu,
        Gelu,
        Tanh,
        Sigmoid,

        /// <summary>The place of a published dropout, which counts in the names and does nothing here.</summary>
        Nothing,
    }

    /// <summary>The weights of a head whose name begins with a prefix, over states of a width.</summary>
    internal static IEnumerable<ParameterSpec> Specs(HeadKind kind, string prefix, int width)
    {
        var steps = StepsOf(kind);
        for (var i = 0; i < steps.Length; i++)
        {
            var (name, inside) = (NameOf(steps, prefix, i), width);
            width = steps[i] switch
            {
                Step.Halve => width / 2,
                Step.Score or Step.ScoreWithoutBias => 1,
                _ => width,
            };
            if (steps[i] is Step.Norm)
            {
                yield return new(name + ".weight", [width], ParameterStart.Ones);
            }
            else if (IsLinear(steps[i]))
            {
                yield return new(name + ".weight", [width, inside], ParameterStart.Normal);
            }

            if (IsLinear(steps[i]) && steps[i] is not Step.ScoreWithoutBias)
            {
                yield return new(name + ".bias", [width], ParameterStart.Zeros);
            }
        }
    }

    /// <summary>Scores (B) of pooled states (B, C).</summary>
    internal static Tensor Apply(HeadKind kind, string prefix, ParameterTable parameters, Tensor pooledBC)
    {
        using var scope = NewDisposeScope();
        var steps = StepsOf(kind);
        var x = pooledBC;
        for (var i = 0; i < steps.Length; i++)
        {
            var name = NameOf(steps, prefix, i);
            x = steps[i] switch
            {
                Step.Norm => RmsNorm.Apply(x, parameters[name + ".weight"], Epsilon),
                Step.Silu => silu(x),
                Step.Gelu => gelu(x),
                Step.Tanh => x.tanh(),
                Step.Sigmoid => x.sigmoid(),
                Step.Nothing => x,
                _ => linear(x, parameters[name + ".weight"], parameters.Find(name + ".bias")),
            };
        }

        return x.squeeze(-1).MoveToOuterDisposeScope();
    }

    private static Step[] StepsOf(HeadKind kind) => kind switch
    {
        HeadKind.Normed => [Step.Widen, Step.Norm, Step.Silu, Step.ScoreWithoutBias, Step.Sigmoid],
        HeadKind.Linear => [Step.Score],
        HeadKind.Mlp => [Step.Halve, Step.Gelu, Step.Nothing, Step.Score],
        HeadKind.Tanh => [Step.Widen, Step.Tanh, Step.Halve, Step.Tanh, Step.Score],
        HeadKind.Silu => [Step.Widen, Step.Silu, Step.Score],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static bool IsLinear(Step step) => step is Step.Widen or Step.Halve or Step.Score or Step.ScoreWithoutBias;

    // A head of one layer is that layer itself.
    private static string NameOf(Step[] steps, string prefix, int index) =>
        steps.Length == 1 ? prefix : $"{prefix}.{index}";
}
