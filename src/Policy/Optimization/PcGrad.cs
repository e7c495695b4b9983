using R1Reward.Data.Randomness;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// The sum of several gradients of the same weights without what they take from each other: PCGrad (Yu et al. 2020,
/// algorithm 1). Each gradient g_i goes through the others in random order, and where its product with one is negative,
/// it loses its part along that one: g_i -= (g_i . g_j / |g_j|^2) g_j, with g_j as it came.
/// </summary>
/// <example>
/// g_1 = (1, 0), g_2 = (-1, 1): g_1 becomes (0.5, 0.5), g_2 becomes (0, 1), their sum is (0.5, 1.5).
/// </example>
public static class PcGrad
{
    /// <summary>The sum of projected gradients.</summary>
    /// <param name="gradients">Flat gradients of one length.</param>
    /// <param name="random">Draws the orders.</param>
    /// <param name="sum">
    /// Adds a number up over those that have other parts of the gradients; null: all of them are here.
    /// </param>
    public static Tensor Combine(
        IReadOnlyList<Tensor> gradients, CounterRandom random, Func<double, double>? sum = null)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        double Product(Tensor one, Tensor other) => sum?.Invoke(one.dot(other).Value()) ?? one.dot(other).Value();
        double[] squares = [.. gradients.Select(gradient => Product(gradient, gradient))];
        var combined = zeros_like(gradients[0]);
        for (var i = 0; i < gradients.Count; i++)
        {
            var projected = gradients[i].clone();
            List<int> others = [.. Enumerable.Range(0, gradients.Count).Where(other => other != i)];
            random.Shuffle(others);
            foreach (var other in others.Where(other => squares[other] > 0))
            {
                var product = Product(projected, gradients[other]);
                if (product < 0)
                {
                    projected.add_(gradients[other], Kept(-product / squares[other]));
                }
            }

            combined.add_(projected, One);
        }

        return combined.MoveToOuterDisposeScope();
    }
}
