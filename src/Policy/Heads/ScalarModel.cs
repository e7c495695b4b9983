using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Heads;

/// <summary>
/// A scalar reward model: a decoder, with tower where it sees, and heads over the states of one of its layers. Not
/// thread-safe: all calls come from the thread that owns its tensors.
/// </summary>
/// <param name="backbone">Is disposed with the model; an output layer that it has is not used.</param>
/// <param name="heads">Are disposed with the model.</param>
public sealed class ScalarModel(CausalLM backbone, ScalarHeads heads) : IDisposable
{
    /// <summary>The decoder whose states are read.</summary>
    public CausalLM Backbone => backbone;

    /// <summary>What makes scores of them.</summary>
    public ScalarHeads Heads => heads;

    /// <summary>What the model's heads are.</summary>
    public ScalarConfig Config => heads.Config;

    /// <summary>
    /// What training changes: the adapter's weights or the decoder's own, and the heads, which an adapter never
    /// replaces.
    /// </summary>
    public IReadOnlyList<ParameterTable> Trained => [backbone.Trained, heads.Parameters];

    /// <summary>Scores (B, heads) of texts in float32, differentiable.</summary>
    /// <param name="rows">The texts.</param>
    /// <param name="training">Whether the learned scale is applied, where the heads have one.</param>
    public Tensor Score(IReadOnlyList<ScalarRow> rows, bool training = false)
    {
        using var scope = NewDisposeScope();
        return Score(BatchOf(rows), training).MoveToOuterDisposeScope();
    }

    /// <summary>The same of texts that are tensors already.</summary>
    internal Tensor Score(ScalarBatch batch, bool training)
    {
        using var scope = NewDisposeScope();
        var (x, pass) = Begin(batch);
        for (var layer = 0; layer < Layers; layer++)
        {
            using var weights = backbone.Parameters.Use(layer);
            x = backbone.Trunk.ForwardLayer(layer, x, pass);
        }

        return ScoreStates(x, batch, training).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        heads.Dispose();
        backbone.Dispose();
    }

    /// <summary>Number of blocks that run, as ranks have to know: those up to the states that the heads read.</summary>
    internal int Layers { get; } =
        backbone.Parameters.PassedLayers = heads.Config.StatesAfter(backbone.Config.Layers);

    // Hugging Face's classes read the score at the last token that is not the padding token.
    private long? IgnoredToken => Config.Kind == HeadKind.Score
        ? (long?)backbone.Config.Source?["pad_token_id"]
        : null;

    /// <summary>Texts as the tensors of one pass.</summary>
    internal ScalarBatch BatchOf(IReadOnlyList<ScalarRow> rows) =>
        ScalarBatch.From(rows, Config.PoolsPadding, IgnoredToken, backbone.Device);

    /// <summary>
    /// The texts of pairs, all firsts, then all seconds, as the tensors of one pass in which what the two of a pair
    /// begin with runs once; null where that cannot be, or would save little.
    /// </summary>
    internal ScalarBatch? Packed(IReadOnlyList<ScalarRow> rows)
    {
        // An adapter's dropout is drawn for each text.
        var isPlain = !Config.PoolsPadding && backbone.Adapter is null && rows.All(row => row.Media.Count == 0);
        var firsts = rows.Count / 2;
        return isPlain
            ? PairPacking.Pack([.. rows.Take(firsts)], [.. rows.Skip(firsts)], IgnoredToken, backbone.Device)
            : null;
    }

    /// <summary>What a pass over texts starts from.</summary>
    internal (Tensor StreamBTC, SequencePass Pass) Begin(ScalarBatch batch, MediaPass? passes = null) =>
        batch.Packing is { } packing
            ? backbone.BeginPacked(batch.IdsBT, packing.PositionsBT, packing.Highest, packing.TextsBT)
            : backbone.Begin(batch.IdsBT, batch.AttentionMaskBT, batch.Media, passes: passes);

    /// <summary>Scores of the residual stream after <see cref="Layers"/> blocks.</summary>
    internal Tensor ScoreStates(Tensor xBTC, ScalarBatch batch, bool training)
    {
        using var scope = NewDisposeScope();
        var states = StatesOf(xBTC);
        return heads.Score(
            batch.Packing is { } packing ? states.index_select(0, packing.RowsN) : states,
            batch.PooledBT,
            training).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The states that heads read: Hugging Face lists those of the last layer after the final norm, those of the others
    /// before any.
    /// </summary>
    internal Tensor StatesOf(Tensor xBTC) => Layers == backbone.Config.Layers ? backbone.Trunk.Norm(xBTC) : xBTC;
}
