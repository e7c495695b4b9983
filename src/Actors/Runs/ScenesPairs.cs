using R1Reward.Data;
using R1Reward.Data.Scenes;

namespace R1Reward.Actors.Runs;

/// <summary>The built-in task: training pairs are always fresh, held-out ones come from scenes that training never shows.</summary>
/// <param name="options">What the scenes are like.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="heldOut">Held-out pairs.</param>
public sealed class ScenesPairs(SceneOptions options, long seed, int heldOut) : RunPairs
{
    // Reinforcement learning begins far behind the scenes that the cold start can reach.
    private const long FirstTraining = 1L << 40;

    private readonly SceneGenerator _plain = new(seed, options with { Traces = false });
    private readonly SceneGenerator _traced = new(seed, options with { Traces = true });

    /// <inheritdoc/>
    public override IReadOnlyList<PreferencePair> HeldOut =>
        field ??= [.. Enumerable.Range(0, heldOut).Select(index => _plain.Pair(SceneSide.HeldOut, index))];

    /// <inheritdoc/>
    public override PreferencePair Training(long index) => _plain.Pair(SceneSide.Train, FirstTraining + index);

    /// <inheritdoc/>
    public override PreferencePair ColdStart(long index) => _traced.Pair(SceneSide.Train, index);

    /// <inheritdoc/>
    public override IEnumerable<PreferencePair> ColdStartSamples(int most) => Enumerable.Range(0, most).Select(index => ColdStart(index));

    /// <inheritdoc/>
    public override void Bind(string modelFolder)
    {
        // Scenes are short by construction.
    }
}
