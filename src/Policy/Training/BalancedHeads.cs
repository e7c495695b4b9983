using R1Reward.Data.Randomness;
using R1Reward.Policy.Optimization;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Makes one gradient of the shared weights out of those of each head, by <see cref="GradNorm"/> or
/// <see cref="PcGrad"/>. Weights of a head's own have the gradient of its loss alone.
/// </summary>
/// <param name="heads">Names of the heads.</param>
/// <param name="options">Which of the two, and its numbers.</param>
internal sealed class BalancedHeads(IReadOnlyList<string> heads, ScalarOptions options)
{
    private readonly GradNorm? _weights = options.Balance == HeadBalance.Gradnorm
        ? new GradNorm(heads.Count, options.GradNormAlpha, options.GradNormRate)
        : null;

    /// <summary>By what the loss of a head is multiplied; null where it is by a number that stays.</summary>
    internal double? WeightOf(int head) => _weights?.Weights[head];

    /// <summary>What goes on from step to step, by name.</summary>
    internal IEnumerable<(string Name, double Value)> Followed
    {
        get
        {
            for (var i = 0; _weights is not null && i < heads.Count; i++)
            {
                yield return ($"{heads[i]}.gradnorm-weight", _weights.Weights[i]);
                if (_weights.FirstLosses[i] is { } first)
                {
                    yield return ($"{heads[i]}.first-loss", first);
                }
            }
        }
    }

    /// <summary>Goes on with what another one followed; what is not there begins anew.</summary>
    internal void GoOnFrom(IReadOnlyDictionary<string, double> followed) => _weights?.GoOnFrom(
        [.. heads.Select(head => followed.GetValueOrDefault($"{head}.gradnorm-weight", 1))],
        [
            .. heads.Select(head =>
                followed.TryGetValue($"{head}.first-loss", out var first) ? first : (double?)null),
        ]);

    /// <summary>The gradient of a step.</summary>
    /// <param name="byHead">The gradient of each head's weighted loss, flat; or this rank's part of it.</param>
    /// <param name="losses">The unweighted losses; null for a head that no pair has a label for.</param>
    /// <param name="step">Number of steps before this one.</param>
    /// <param name="sumOfRanks">
    /// Adds a number up over the ranks that have the other parts; null: there are none.
    /// </param>
    internal Tensor Combine(
        IReadOnlyList<Tensor> byHead, IReadOnlyList<double?> losses, long step, Func<double, double>? sumOfRanks)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        if (_weights is null)
        {
            var random = CounterRandom.For(options.Seed, "pcgrad", step);
            return PcGrad.Combine(byHead, random, sumOfRanks).MoveToOuterDisposeScope();
        }

        var sum = byHead.Aggregate((one, other) => one.Plus(other));
        double[] norms =
        [
            .. byHead.Select((gradient, i) => Math.Sqrt(Sum(gradient.dot(gradient).Value())) / _weights.Weights[i]),
        ];
        _weights.Update(losses, norms);
        return sum.MoveToOuterDisposeScope();

        double Sum(double own) => sumOfRanks?.Invoke(own) ?? own;
    }
}
