using R1Reward.Policy.Exchange;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;

namespace R1Reward.Policy.Training;

/// <summary>Sums over tokens behind <see cref="PolicyMetrics"/>; means and maxima of no tokens are NaN.</summary>
internal sealed class RatioStatistics(IPolicyLoss loss)
{
    private readonly ClipRange _clip = loss.Clip;

    private readonly double _preClip =
        loss is StableReinforceLoss { PreClipDelta: var delta } ? Math.Log(delta) : double.PositiveInfinity;

    private double _ratios;
    private double _kl;
    private double _negativeLogProbs;
    private double _clipped;
    private double _preClipped;
    private double _gapSum;
    private double _gapTokens;

    internal long Tokens { get; private set; }

    /// <summary>The tokens that this rank has taken in itself.</summary>
    internal long OwnTokens { get; private set; }

    internal double LargestRatio { get; private set; } = double.NaN;

    internal double LargestLogRatio { get; private set; } = double.NaN;

    /// <summary>Whether a step has changed the weights, so that what is taken in says nothing of the gap.</summary>
    internal bool HasStepped { private get; set; }

    /// <summary>Mean magnitude of the log-ratios that were taken in before a step.</summary>
    internal double MeanGap => _gapTokens == 0 ? double.NaN : _gapSum / _gapTokens;

    /// <summary>Largest magnitude of the log-ratios that were taken in before a step.</summary>
    internal double LargestGap { get; private set; } = double.NaN;

    internal double MeanRatio => Mean(_ratios);

    internal double DriftKl => Mean(_kl);

    internal double Entropy => Mean(_negativeLogProbs);

    internal double ClipShare => Mean(_clipped);

    internal double PreClipShare => Mean(_preClipped);

    /// <summary>Takes in one response.</summary>
    internal void Add(ReadOnlySpan<float> logProbs, ReadOnlySpan<float> old, ReadOnlySpan<float> advantages)
    {
        var whole = _clip.WholeSequence ? Math.Exp(MeanDifference(logProbs, old)) : 0;
        for (var i = 0; i < logProbs.Length; i++)
        {
            var difference = (double)logProbs[i] - old[i];
            var ratio = Math.Exp(difference);
            Tokens++;
            _ratios += ratio;
            _kl += KlDivergence.Estimate(KlEstimator.K3, -difference);
            _negativeLogProbs -= logProbs[i];
            var compared = _clip.WholeSequence ? whole : ratio;
            var clipped = _clip.IsClippedLow(compared, advantages[i]) || _clip.IsClippedHigh(compared, advantages[i]);
            _clipped += clipped ? 1 : 0;
            _preClipped += Math.Abs(difference) > _preClip ? 1 : 0;
            LargestRatio = Largest(LargestRatio, ratio);
            LargestLogRatio = Largest(LargestLogRatio, Math.Abs(difference));
            if (!HasStepped)
            {
                _gapTokens++;
                _gapSum += Math.Abs(difference);
                LargestGap = LargestLogRatio;
            }
        }
    }

    /// <summary>Replaces sums and maxima by those over all ranks; once, when every response is in.</summary>
    internal void Combine(ICollective ranks)
    {
        var all = ranks.Gather(
        [
            Tokens, _ratios, _kl, _negativeLogProbs, _clipped, _preClipped, _gapSum, _gapTokens,
            LargestRatio, LargestLogRatio, LargestGap,
        ]);
        double Sum(int place) => all.Sum(one => one[place]);
        double Most(int place) => all.Select(one => one[place]).Aggregate(Largest);
        OwnTokens = Tokens;
        Tokens = (long)Sum(0);
        (_ratios, _kl, _negativeLogProbs, _clipped, _preClipped) = (Sum(1), Sum(2), Sum(3), Sum(4), Sum(5));
        (_gapSum, _gapTokens) = (Sum(6), Sum(7));
        (LargestRatio, LargestLogRatio, LargestGap) = (Most(8), Most(9), Most(10));
    }

    private static double MeanDifference(ReadOnlySpan<float> logProbs, ReadOnlySpan<float> old)
    {
        var sum = 0.0;
        for (var i = 0; i < logProbs.Length; i++)
        {
            sum += (double)logProbs[i] - old[i];
        }

        return logProbs.IsEmpty ? 0 : sum / logProbs.Length;
    }

    // What nothing was counted for is NaN.
    private static double Largest(double one, double other) =>
        double.IsNaN(one) ? other : double.IsNaN(other) ? one : Math.Max(one, other);

    private double Mean(double sum) => Tokens == 0 ? double.NaN : sum / Tokens;
}
