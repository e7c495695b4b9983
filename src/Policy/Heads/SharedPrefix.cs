using System.Collections.Immutable;
using static TorchSharp.torch;

namespace R1Reward.Policy.Heads;

/// <summary>
/// The beginning that several texts share, run once: its keys and values in every layer, and its states, which the ends
/// of the texts go on from. For scoring without gradients.
/// </summary>
internal sealed class SharedPrefix : IDisposable
{
    private readonly ScalarModel _model;
    private readonly int _tokens;
    private readonly (Tensor Keys, Tensor Values)[] _kept;
    private readonly Tensor _states;
    private readonly Tensor _pooled;
    private readonly int _shift;

    /// <summary>Runs the beginning once and keeps what its layers computed.</summary>
    /// <param name="model">A model whose heads leave padding out.</param>
    /// <param name="beginning">The shared tokens with all media of the texts.</param>
    internal SharedPrefix(ScalarModel model, ScalarRow beginning)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        _model = model;
        _tokens = beginning.Tokens.Length;
        var batch = model.BatchOf([beginning]);
        var shift = 0;
        var (x, pass) = model.Backbone.Begin(
            batch.IdsBT, batch.AttentionMaskBT, batch.Media, deltas => shift = deltas[0]);
        var kept = new (Tensor Keys, Tensor Values)[model.Layers];
        for (var layer = 0; layer < model.Layers; layer++)
        {
            x = model.Backbone.Trunk.ForwardLayer(layer, x, pass, (index, keys, values) => kept[index] = (
                keys.MoveToOuterDisposeScope().DetachFromDisposeScope(),
                values.MoveToOuterDisposeScope().DetachFromDisposeScope()));
        }

        _kept = kept;
        _shift = shift;
        _states = model.StatesOf(x).DetachFromDisposeScope();
        _pooled = batch.PooledBT!.DetachFromDisposeScope();
    }

    /// <summary>Scores (B, heads) of the texts with these ends, of one token or more each.</summary>
    internal Tensor Score(IReadOnlyList<ImmutableArray<int>> ends)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var batch = _model.BatchOf([.. ends.Select(end => new ScalarRow(end))]);
        var (x, pass) = _model.Backbone.GoOn(batch.IdsBT, _tokens, _shift, _kept);
        for (var layer = 0; layer < _model.Layers; layer++)
        {
            x = _model.Backbone.Trunk.ForwardLayer(layer, x, pass);
        }

        var states = cat([_states.expand(ends.Count, -1, -1), _model.StatesOf(x)], 1);
        var pooled = cat([_pooled.expand(ends.Count, -1), batch.PooledBT!], 1);
        return _model.Heads.Score(states, pooled).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _states.Dispose();
        _pooled.Dispose();
        foreach (var (keys, values) in _kept)
        {
            keys.Dispose();
            values.Dispose();
        }
    }
}
