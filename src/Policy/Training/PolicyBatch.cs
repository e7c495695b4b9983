using System.Collections.Immutable;
using R1Reward.Policy.Losses;

namespace R1Reward.Policy.Training;

/// <summary>The responses of one optimiser step, and which of their tokens count and are learned.</summary>
internal sealed class PolicyBatch
{
    private readonly float[][]? _kept;
    private readonly bool _onlyKeptTokensCount;
    private readonly TokenReduction _reduction;
    private readonly TokenWeights _weights;

    /// <param name="responses">The responses.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="maxResponseTokens">Tokens that a response can have at most.</param>
    /// <param name="entropies">
    /// Entropy of each token of each response; needed by an entropy filter only.
    /// </param>
    internal PolicyBatch(
        IReadOnlyList<Experience> responses,
        PolicyObjective objective,
        int maxResponseTokens,
        IReadOnlyList<ImmutableArray<float>>? entropies)
    {
        Responses = responses;
        _reduction = objective.Loss.Reduction;
        _kept = entropies is null ? null : Kept(objective, entropies);
        _onlyKeptTokensCount = _kept is not null && objective.EntropyFilter == EntropyRule.Sequence;
        var tokens = Enumerable.Range(0, responses.Count).Sum(Counted);
        _weights = new TokenWeights(responses.Count, tokens, maxResponseTokens);
    }

    internal IReadOnlyList<Experience> Responses { get; }

    /// <summary>Counted tokens of the batch.</summary>
    internal double Tokens => _weights.Tokens;

    /// <summary>1 at counted tokens of a response.</summary>
    internal float[] Mask(int row)
    {
        if (_onlyKeptTokensCount)
        {
            return _kept![row];
        }

        var ones = new float[Responses[row].Length];
        Array.Fill(ones, 1f);
        return ones;
    }

    /// <summary>The weight of each token of a response in the loss of the batch.</summary>
    internal float[] Weights(int row)
    {
        var weight = (float)_weights.For(_reduction, Counted(row));
        return Array.ConvertAll(Mask(row), counts => counts * weight);
    }

    /// <summary>1 at tokens that have a loss; null where all counted ones have.</summary>
    internal float[]? Learned(int row) => _onlyKeptTokensCount ? null : _kept?[row];

    private static float[][] Kept(PolicyObjective objective, IReadOnlyList<ImmutableArray<float>> entropies)
    {
        var share = objective.EntropyShare;
        if (objective.EntropyFilter == EntropyRule.Sequence)
        {
            return [.. entropies.Select(row => Ones(EntropyFilter.OfSequence(row.AsSpan(), share)))];
        }

        var threshold = EntropyFilter.ThresholdOfBatch(entropies.SelectMany(row => row), share);
        return [.. entropies.Select(row => Ones([.. row.Select(entropy => entropy >= threshold)]))];
    }

    private static float[] Ones(bool[] kept) => Array.ConvertAll(kept, isKept => isKept ? 1f : 0f);

    private int Counted(int row) =>
        _onlyKeptTokensCount ? _kept![row].Count(kept => kept > 0) : Responses[row].Length;
}
