using R1Reward.Policy.Heads;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Tracing;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>Forward and backward passes of a scalar model over as many texts as fit at a time.</summary>
public static class ScalarPass
{
    // Fewer shared tokens are not worth a pass of their own.
    private const int LeastShared = 8;

    /// <summary>Scores of texts without gradient, for each text those of all heads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The texts.</param>
    /// <param name="microBatchTokens">Maximum tokens of one pass, padding included.</param>
    /// <param name="training">Whether the learned scale is applied, where the heads have one.</param>
    public static double[][] Evaluate(
        ScalarModel model, IReadOnlyList<ScalarRow> rows, int microBatchTokens, bool training = false)
    {
        using var mode = no_grad();
        var scores = new double[rows.Count][];
        var pieces = MicroBatches.Plan([.. rows.Select(row => row.Tokens.Length)], microBatchTokens);
        foreach (var piece in model.Backbone.Parameters.InPasses(pieces))
        {
            using var scope = NewDisposeScope();
            var values = Numbers(model.Score([.. piece.Select(index => rows[index])], training));
            for (var i = 0; i < piece.Length; i++)
            {
                scores[piece[i]] = values[i];
            }
        }

        return scores;
    }

    /// <summary>
    /// Scores of texts without gradient, as <see cref="Evaluate"/> gives them but for rounding; tokens that all of them
    /// begin with run once. For the responses to one question.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The texts.</param>
    /// <param name="microBatchTokens">Maximum tokens of one pass, padding included, those that are shared once.</param>
    public static double[][] EvaluateTogether(ScalarModel model, IReadOnlyList<ScalarRow> rows, int microBatchTokens)
    {
        var shared = SharedTokens(model, rows);
        if (shared < LeastShared)
        {
            return Evaluate(model, rows, microBatchTokens);
        }

        using var prefix = new SharedPrefix(model, rows[0] with { Tokens = rows[0].Tokens[..shared] });
        var scores = new double[rows.Count][];
        int[] lengths = [.. rows.Select(row => row.Tokens.Length - shared)];
        foreach (var piece in MicroBatches.Plan(lengths, Math.Max(1, microBatchTokens - shared)))
        {
            using var scope = NewDisposeScope();
            var values = Numbers(prefix.Score([.. piece.Select(index => rows[index].Tokens[shared..])]));
            for (var i = 0; i < piece.Length; i++)
            {
                scores[piece[i]] = values[i];
            }
        }

        return scores;
    }

    // How many tokens all texts begin with, all media among them; 0 where they cannot run apart from the rest.
    private static int SharedTokens(ScalarModel model, IReadOnlyList<ScalarRow> rows)
    {
        // Where padding is pooled, a score depends on how its row is filled.
        if (rows.Count < 2 || model.Config.PoolsPadding
            || rows.Any(row => !row.Media.SequenceEqual(rows[0].Media, ReferenceEqualityComparer.Instance)))
        {
            return 0;
        }

        var shared = rows.Min(row => row.Tokens.Length) - 1;
        foreach (var row in rows.Skip(1))
        {
            shared = Math.Min(shared, row.Tokens.AsSpan().CommonPrefixLength(rows[0].Tokens.AsSpan()));
        }

        int[] placeholders = [.. model.Backbone.Config.Media?.TokenIds ?? []];
        return rows.All(row => !row.Tokens.AsSpan(shared..).ContainsAny(placeholders)) ? shared : 0;
    }

    /// <summary>Scores texts as in training and adds the gradients of a loss over the scores to the model's.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The texts.</param>
    /// <param name="loss">From scores (B, heads) to a single number.</param>
    /// <param name="checkpointing">Whether activations are computed again instead of kept.</param>
    /// <param name="begin">Called before each pass with the places of its texts.</param>
    /// <param name="complete">What waits for the gradients of single layers (<see cref="LayerByLayer"/>).</param>
    /// <returns>The scores.</returns>
    internal static double[][] Backward(
        ScalarModel model,
        IReadOnlyList<ScalarRow> rows,
        Func<Tensor, Tensor> loss,
        bool checkpointing,
        Action<IEnumerable<int>> begin,
        Action<int>? complete = null)
    {
        using var scope = NewDisposeScope();
        if (checkpointing || complete is not null)
        {
            begin(Enumerable.Range(0, rows.Count));
            return InLayers(model, rows, loss, checkpointing, complete);
        }

        var scores = TrainingScores(model, rows, checkpointing, begin);
        using var phase = TrainingPhases.Backward();
        loss(scores).backward();
        return Numbers(scores);
    }

    /// <summary>
    /// Scores (B, heads) of the texts of pairs as in training, all firsts, then all seconds, in one graph. It is one
    /// pass where what pairs begin with is worth running once, where activations are computed again, where padding is
    /// pooled, and where weights come by layer; else one for each few texts of similar lengths, since the responses of
    /// a pair differ in theirs.
    /// </summary>
    internal static Tensor TrainingScores(
        ScalarModel model, IReadOnlyList<ScalarRow> rows, bool checkpointing, Action<IEnumerable<int>> begin)
    {
        using var phase = TrainingPhases.Forward();
        if (model.Packed(rows) is { } packed)
        {
            return model.Score(packed, training: true);
        }

        if (checkpointing || model.Config.PoolsPadding || !model.Backbone.IsWhole)
        {
            begin(Enumerable.Range(0, rows.Count));
            return model.Score(rows, training: true);
        }

        using var scope = NewDisposeScope();
        var pieces = MicroBatches.Plan([.. rows.Select(row => row.Tokens.Length)], int.MaxValue);
        var scores = cat([.. pieces.Select(Pass)], 0);
        var places = new long[rows.Count];
        foreach (var (place, index) in pieces.SelectMany(piece => piece).Index())
        {
            places[index] = place;
        }

        return scores.index_select(0, tensor(places, device: scores.device)).MoveToOuterDisposeScope();

        Tensor Pass(int[] piece)
        {
            begin(piece);
            return model.Score([.. piece.Select(index => rows[index])], training: true);
        }
    }

    private static double[][] InLayers(
        ScalarModel model,
        IReadOnlyList<ScalarRow> rows,
        Func<Tensor, Tensor> loss,
        bool checkpointing,
        Action<int>? complete)
    {
        var batch = model.Packed(rows) ?? model.BatchOf(rows);
        var backbone = model.Backbone;
        var passes = backbone.BeginPasses(batch.Media);
        var (start, pass) = model.Begin(batch, passes);
        // Weights that are dropped after a layer cannot be part of what is kept.
        var layers = new LayerByLayer(
            model.Layers,
            (layer, x) => backbone.Trunk.ForwardLayer(layer, x, pass),
            keeps: !checkpointing && backbone.IsWhole,
            backbone.Parameters.Use);
        Tensor end, scores;
        using (TrainingPhases.Forward())
        {
            end = layers.Forward(start.detach());
            scores = model.ScoreStates(end, batch, training: true);
        }

        using var phase = TrainingPhases.Backward();
        loss(scores).backward();
        var gradient = layers.Backward(end.grad!, complete: complete);
        if (start.requires_grad)
        {
            autograd.backward([start], [gradient]);
        }

        passes?.FinishBackward();
        return Numbers(scores);
    }

    internal static double[][] Numbers(Tensor scoresBH)
    {
        var heads = (int)scoresBH.size(1);
        var values = scoresBH.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        return [.. values.Chunk(heads)];
    }
}
