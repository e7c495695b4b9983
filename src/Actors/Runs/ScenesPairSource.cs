using R1Reward.Actors.Coordination;
using R1Reward.Data;
using R1Reward.Data.Scenes;

namespace R1Reward.Actors.Runs;

/// <summary>The built-in task: training pairs are always fresh, held-out ones come from scenes that training never shows.</summary>
/// <param name="options">What the scenes are like.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="heldOut">Held-out pairs.</param>
public sealed class ScenesPairSource(SceneOptions options, long seed, int heldOut) : IPairSource, IColdStartSource
{
    // Reinforcement learning begins far behind the scenes that the cold start can reach.
    private const long FirstTraining = 1L << 40;

    private readonly SceneGenerator _plain = new(seed, options with { Traces = false });
    private readonly SceneGenerator _traced = new(seed, options with { Traces = true });
    private IReadOnlyList<PreferencePair>? _heldOut;

    /// <inheritdoc/>
    public IReadOnlyList<PreferencePair> HeldOut =>
        _heldOut ??= [.. Enumerable.Range(0, heldOut).Select(index => _plain.Pair(SceneSide.HeldOut, index))];

    /// <inheritdoc/>
    public PreferencePair Training(long index) => _plain.Pair(SceneSide.Train, FirstTraining + index);

    /// <inheritdoc/>
    public PreferencePair ColdStart(long index) => _traced.Pair(SceneSide.Train, index);
}
