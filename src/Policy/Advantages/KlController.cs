namespace R1Reward.Policy.Advantages;

/// <summary>
/// The weight of the divergence penalty: fixed, or steered to a target after each rollout step (Ziegler et al. 2019) by
/// <c>coefficient *= 1 + clip(kl / target - 1, -0.2, 0.2) * traces / horizon</c>.
/// </summary>
public sealed class KlController
{
    private readonly KlOptions _options;

    /// <summary>Starts at the coefficient of the options, or goes on from another.</summary>
    /// <param name="options">Start value and target.</param>
    /// <param name="coefficient">
    /// The coefficient of an interrupted run; null starts from <see cref="KlOptions.Initial"/>.
    /// </param>
    public KlController(KlOptions? options = null, double? coefficient = null)
    {
        _options = options ?? new KlOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Initial);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Horizon);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Target ?? 1.0);
        Coefficient = coefficient ?? _options.Initial;
    }

    /// <summary>The weight for the next rollout step.</summary>
    public double Coefficient { get; set; }

    /// <summary>Takes one rollout step's divergence per token and its number of traces into account.</summary>
    public void Update(double kl, int traces)
    {
        if (_options.Target is { } target)
        {
            Coefficient *= 1.0 + (Math.Clamp((kl / target) - 1.0, -0.2, 0.2) * traces / _options.Horizon);
        }
    }
}
