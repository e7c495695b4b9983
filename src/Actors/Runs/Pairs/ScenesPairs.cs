using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>
/// The built-in task: training pairs are always fresh, held-out ones come from scenes that training never shows.
/// Pictures and sounds travel inside the pairs, so that no folder has to be shared.
/// </summary>
/// <param name="options">What the scenes are like.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="heldOut">Held-out pairs.</param>
/// <param name="bothOrders">Whether each held-out pair comes with its candidates exchanged, too.</param>
public sealed class ScenesPairs(SceneOptions options, long seed, int heldOut, bool bothOrders = false) : RunPairs
{
    // Reinforcement learning begins far behind the scenes that the cold start can reach; descriptions are apart from
    // both.
    private const long FirstTraining = 1L << 40;
    private const long FirstDescribed = 1L << 41;

    private readonly SceneGenerator _plain = new(seed, options with { Traces = false });
    private readonly SceneGenerator _traced = new(seed, options with { Traces = true });

    /// <inheritdoc/>
    public override IReadOnlyList<PreferencePair> HeldOut => field ??= MakeHeldOut();

    /// <inheritdoc/>
    public override IReadOnlyList<PreferencePair> HeldOutNoise =>
        options.Form == SceneForm.Words ? [] : field ??= [.. HeldOut.Select(WithNoise)];

    /// <inheritdoc/>
    internal override Func<long, AlignmentExample>? Alignment => options.Form == SceneForm.Words ? null : Describe;

    /// <inheritdoc/>
    public override PreferencePair Training(long index) =>
        Shown(_plain.Generate(SceneSide.Train, FirstTraining + index));

    /// <inheritdoc/>
    public override PreferencePair ColdStart(long index) => Shown(_traced.Generate(SceneSide.Train, index));

    /// <inheritdoc/>
    public override IEnumerable<PreferencePair> ColdStartSamples(int max) =>
        Enumerable.Range(0, max).Select(index => _traced.Pair(SceneSide.Train, index));

    /// <inheritdoc/>
    public override void Bind(string modelFolder)
    {
        // Scenes are short by construction.
    }

    private IReadOnlyList<PreferencePair> MakeHeldOut()
    {
        var pairs = Enumerable.Range(0, heldOut).Select(index => Shown(_plain.Generate(SceneSide.HeldOut, index)));
        return [.. OrderPolicy.Apply(pairs, bothOrders ? CandidateOrder.Both : CandidateOrder.AsIs, seed)];
    }

    private PreferencePair WithNoise(PreferencePair pair, int index)
    {
        var random = CounterRandom.For(seed, "noise", index);
        return pair with
        {
            Media = options.Form == SceneForm.Sound
                ? [Wav(SceneSound.Noise(options.Grid, random))]
                : [Png(SceneImage.Noise(options.Grid, random))],
        };
    }

    private PreferencePair Shown(SceneExample example) => example.Pair.Media.Count == 0
        ? example.Pair
        : example.Pair with { Media = [MediumOf(example.Scene)] };

    private MediaItem MediumOf(Scene scene) =>
        options.Form == SceneForm.Sound ? Wav(SceneSound.Play(scene)) : Png(SceneImage.Draw(scene));

    private static MediaItem Wav(byte[] wav) => new(MediaKind.Audio, DataUri.FromWav(wav));

    private static MediaItem Png(byte[] png) => new(MediaKind.Image, DataUri.FromPng(png));

    private AlignmentExample Describe(long index)
    {
        var scene = _plain.Generate(SceneSide.Train, FirstDescribed + index).Scene;
        return new(MediumOf(scene), SceneDescription.Prompt, SceneDescription.Write(scene));
    }
}
