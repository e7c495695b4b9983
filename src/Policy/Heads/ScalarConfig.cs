using R1Reward.Data.Pairs;

namespace R1Reward.Policy.Heads;

/// <summary>What turns the states of a language model into scores.</summary>
/// <example>
/// LightRFT's own: heads <c>preference</c> and <c>alignment</c>, kind Normed, attention pooling, the states after block
/// 17 of 28.
/// </example>
public sealed record ScalarConfig
{
    /// <summary>Names of the heads, none twice; each gives a score of its own.</summary>
    public IReadOnlyList<string> Heads { get; init; } = [PreferencePair.PreferenceHead];

    /// <summary>The layers of each head.</summary>
    public HeadKind Kind { get; init; } = HeadKind.Normed;

    /// <summary>How the states of a sequence become one.</summary>
    public ScalarPooling Pooling { get; init; } = ScalarPooling.Attention;

    /// <summary>Parts of the query of attention pooling; a divisor of the model's width.</summary>
    public int PoolingParts { get; init; } = 4;

    /// <summary>
    /// The layer whose states are read: 0 the embeddings, n those after block n, negative from the end on.
    /// </summary>
    public int ProbingLayer { get; init; } = -1;

    /// <summary>What a negative <see cref="ProbingLayer"/> means.</summary>
    public ProbingRule ProbingRule { get; init; }

    /// <summary>
    /// Whether rows are filled on the left and the filling is pooled, too, as published: a score then depends on the
    /// longest row of its batch.
    /// </summary>
    public bool PoolsPadding { get; init; }

    /// <summary>
    /// Whether scores are multiplied by a learned number in training, at first 1/0.07, and never afterwards.
    /// </summary>
    public bool ScaleForTraining { get; init; }

    /// <summary>The number of blocks after which the states are read.</summary>
    /// <param name="layers">Blocks of the model.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such layer.</exception>
    public int StatesAfter(int layers)
    {
        var (fromEnd, last) = ProbingRule == ProbingRule.Published ? (layers, layers - 1) : (layers + 1, layers);
        var after = ProbingLayer < 0 ? fromEnd + ProbingLayer : ProbingLayer;
        return after >= 0 && after <= last
            ? after
            : throw new ArgumentOutOfRangeException(
                nameof(layers), ProbingLayer, $"a model of {layers} layers has the states {-fromEnd} to {last}");
    }
}
