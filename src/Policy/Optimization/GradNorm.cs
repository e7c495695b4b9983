namespace R1Reward.Policy.Optimization;

/// <summary>
/// Weights of several losses that learn at a common pace: GradNorm (Chen et al. 2018, algorithm 1). With G_i = w_i
/// |grad L_i| over the shared weights and r_i the inverse training rate of loss i, L_i / L_i(0) divided by its mean
/// over the losses, a step of gradient descent lowers sum_i |G_i - mean(G) r_i^alpha| in the w_i, the target being
/// held fixed; then the w_i are scaled to add up to their number.
/// </summary>
/// <remarks>
/// Differences from the paper: the norms are over all shared weights and not over the last shared layer; a weight stays
/// at least a hundredth; a loss that a step has no value of keeps its weight in that step.
/// </remarks>
/// <example>
/// Two losses that fell to 0.5 and 0.9 of their beginnings, equal norms: the second weight grows, the first falls.
/// </example>
public sealed class GradNorm
{
    private const double LeastWeight = 0.01;

    private readonly double _alpha;
    private readonly double _rate;
    private readonly double[] _weights;
    private readonly double?[] _first;

    /// <summary>Weights of 1 before the first step.</summary>
    /// <param name="losses">How many losses there are.</param>
    /// <param name="alpha">How strongly slow losses are favoured; 0: all norms are made equal.</param>
    /// <param name="learningRate">Step size of the weights.</param>
    public GradNorm(int losses, double alpha, double learningRate)
    {
        (_alpha, _rate) = (alpha, learningRate);
        _weights = [.. Enumerable.Repeat(1.0, losses)];
        _first = new double?[losses];
    }

    /// <summary>The weight of each loss.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>The first value of each loss; null where none was seen.</summary>
    public IReadOnlyList<double?> FirstLosses => _first;

    /// <summary>Goes on from weights and first values.</summary>
    public void GoOnFrom(IReadOnlyList<double> weights, IReadOnlyList<double?> firstLosses)
    {
        for (var i = 0; i < _weights.Length; i++)
        {
            (_weights[i], _first[i]) = (weights[i], firstLosses[i]);
        }
    }

    /// <summary>Changes the weights after a step.</summary>
    /// <param name="losses">The unweighted losses; null for one that the step has no value of.</param>
    /// <param name="norms">Norms of the gradients of the unweighted losses over the shared weights.</param>
    public void Update(IReadOnlyList<double?> losses, IReadOnlyList<double> norms)
    {
        int[] seen = [.. Enumerable.Range(0, _weights.Length).Where(i => losses[i] is not null)];
        foreach (var i in seen)
        {
            _first[i] ??= losses[i];
        }

        // One loss alone has no pace to share, and none that began at 0 has a rate.
        if (seen.Length < 2 || seen.Any(i => _first[i] is not > 0))
        {
            return;
        }

        var targets = Targets(seen, losses, norms);
        foreach (var (i, target) in seen.Zip(targets))
        {
            var slope = Math.Sign((_weights[i] * norms[i]) - target) * norms[i];
            _weights[i] = Math.Max(LeastWeight, _weights[i] - (_rate * slope));
        }

        var scale = _weights.Length / _weights.Sum();
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i] *= scale;
        }
    }

    /// <summary>What the weights descend on, the targets being fixed.</summary>
    internal static double Objective(
        IReadOnlyList<double> weights, IReadOnlyList<double> norms, IReadOnlyList<double> targets) =>
        weights.Select((weight, i) => Math.Abs((weight * norms[i]) - targets[i])).Sum();

    /// <summary>The weighted norms that would let all losses of a step learn at one pace.</summary>
    internal double[] Targets(int[] seen, IReadOnlyList<double?> losses, IReadOnlyList<double> norms)
    {
        var mean = seen.Average(i => _weights[i] * norms[i]);
        var rates = Array.ConvertAll(seen, i => losses[i]!.Value / _first[i]!.Value);
        var meanRate = rates.Average();
        return Array.ConvertAll(rates, rate => mean * Math.Pow(rate / meanRate, _alpha));
    }
}
