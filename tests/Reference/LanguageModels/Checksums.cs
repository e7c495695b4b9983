using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

/// <summary>The three numbers by which the cases pin large tensors.</summary>
internal static class Checksums
{
    /// <summary>Sum, norm and the dot product with sin(1), sin(2), ..., in float64.</summary>
    internal static double[] Compute(Tensor tensor)
    {
        double sum = 0, squares = 0, waves = 0;
        var values = Numbers.Values(tensor);
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i];
            squares += (double)values[i] * values[i];
            waves += values[i] * Math.Sin(i + 1);
        }

        return [sum, Math.Sqrt(squares), waves];
    }

    /// <summary>Those of every tensor that a case lists by name.</summary>
    internal static void Close(JToken expected, Func<string, Tensor> actual, double tolerance, string what)
    {
        foreach (var (name, numbers) in (JObject)expected)
        {
            var (wanted, got) = (numbers!.ToObject<double[]>()!, Compute(actual(name)));
            for (var i = 0; i < wanted.Length; i++)
            {
                Assert.True(
                    Math.Abs(wanted[i] - got[i]) <= tolerance * Math.Max(1, Math.Abs(wanted[i])),
                    $"{what} {name} checksum {i}: expected {wanted[i]}, got {got[i]}");
            }
        }
    }
}
