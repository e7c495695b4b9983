using System.Runtime.InteropServices;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Parameters;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// Draws fresh weights from a counter-based generator, so that a seed gives the same numbers whatever the tensor
/// library's version.
/// </summary>
internal static class RandomWeights
{
    /// <summary>Fills the weights of a model with the spread that its configuration names.</summary>
    internal static void Fill(ParameterTable parameters, ModelConfig config, ulong seed) => Fill(
        parameters, config.InitializerRange, seed, config.InitializerRange / Math.Sqrt(2.0 * config.Layers));

    /// <summary>
    /// Fills every weight as its <see cref="ParameterStart"/> says, each from a stream of its own.
    /// </summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="deviation">Standard deviation of matrices.</param>
    /// <param name="seed">Seed of all streams.</param>
    /// <param name="residual">That of matrices that write into the residual stream.</param>
    internal static void Fill(ParameterTable parameters, double deviation, ulong seed, double residual = 0)
    {
        using var mode = no_grad();
        for (var i = 0; i < parameters.Specs.Count; i++)
        {
            using var scope = NewDisposeScope();
            var spec = parameters.Specs[i];
            var target = parameters[spec.Name];
            switch (spec.Start)
            {
                case ParameterStart.Ones:
                    target.fill_(One);
                    break;
                case ParameterStart.Normal:
                    target.copy_(Normal(spec.Shape, deviation, seed, (ulong)i));
                    break;
                case ParameterStart.Sinusoids:
                    target.copy_(Sinusoids.Make((int)spec.Shape[0], (int)spec.Shape[1]));
                    break;
                case ParameterStart.ResidualNormal:
                    target.copy_(Normal(spec.Shape, residual, seed, (ulong)i));
                    break;
                default:
                    target.zero_();
                    break;
            }
        }
    }

    /// <summary>Normal numbers in float32 by the Box-Muller transform of consecutive pairs of one stream.</summary>
    private static Tensor Normal(long[] shape, double deviation, ulong seed, ulong stream)
    {
        var made = empty(shape, dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(made.bytes);
        var random = new CounterRandom(seed, stream);
        for (var i = 0; i < values.Length; i += 2)
        {
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var angle = 2 * Math.PI * random.NextDouble();
            values[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(radius * Math.Sin(angle));
            }
        }

        return made;
    }
}
