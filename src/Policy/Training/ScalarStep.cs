using R1Reward.Data.Pairs;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Optimization;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Training of a scalar reward model on ranked pairs. Both responses of a pair go through the model in one batch. The
/// gradients are those of the whole batch whatever the micro-batches: a loss that compares pairs is computed over all
/// scores first, and each micro-batch then runs again to carry the scores' gradients on. The ranks of the optimiser are
/// each given the whole batch, train on a share of the pairs and have the figures of all. For one thread.
/// </summary>
/// <param name="model">Is trained in place; the caller keeps and disposes it.</param>
/// <param name="optimizer">
/// Holds the gradients of <see cref="ScalarModel.Trained"/>; the caller keeps and disposes it.
/// </param>
/// <param name="schedule">Rate per optimiser step.</param>
/// <param name="objective">The loss.</param>
/// <param name="options">Bounds of memory.</param>
/// <param name="time">Clock of the metrics; null: the system's.</param>
/// <example>
/// <code>
/// using var model = ScalarFolder.Start(folder, new ScalarConfig(), CPU, ScalarType.Float32, seed);
/// using var optimizer = new AdamW(model.Trained, new AdamWOptions());
/// var step = new ScalarStep(model, optimizer, schedule, new ScalarObjective(), new ScalarOptions());
/// var figures = step.Run(pairs);
/// </code>
/// </example>
public sealed class ScalarStep(
    ScalarModel model,
    AdamW optimizer,
    LearningRateSchedule schedule,
    ScalarObjective objective,
    ScalarOptions options,
    TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly BalancedHeads? _balanced = options.Balance == HeadBalance.Weights
        ? null
        : new BalancedHeads(model.Config.Heads, options);

    private readonly HeadWatch[] _watches = [.. model.Config.Heads.Select(name => new HeadWatch(name))];

    /// <summary>What is followed from step to step beside weights and optimiser, by name.</summary>
    public IReadOnlyDictionary<string, double> Followed =>
        _watches.SelectMany(watch => watch.Means.Named).Concat(_balanced?.Followed ?? [])
            .ToDictionary(one => one.Name, one => one.Value);

    /// <summary>Goes on with what another one followed.</summary>
    public void GoOnFrom(IReadOnlyDictionary<string, double> followed)
    {
        foreach (var watch in _watches)
        {
            watch.Means.GoOnFrom(followed);
        }

        _balanced?.GoOnFrom(followed);
    }

    /// <summary>One optimiser step on a batch.</summary>
    /// <exception cref="InvalidOperationException">
    /// No pair teaches any head, or loss or gradient is not finite; the message has the numbers.
    /// </exception>
    public ScalarMetrics Run(IReadOnlyList<ScalarPair> batch)
    {
        var start = _time.GetTimestamp();
        var rate = schedule.At(optimizer.StepCount);
        if (batch.All(pair => pair.Labels.All(label => label is null)))
        {
            throw new InvalidOperationException($"a batch of {batch.Count} pairs has no label for any head");
        }

        double?[] weights = [.. _watches.Select((_, head) => _balanced?.WeightOf(head))];
        var (first, second) = _balanced is null ? Backward(batch, objective) : BackwardByHead(batch, _balanced);
        var (loss, heads) = Figures(batch, first, second);
        if (!double.IsFinite(loss))
        {
            throw new InvalidOperationException(
                $"loss is {loss} at optimiser step {optimizer.StepCount + 1} over {batch.Count} pairs");
        }

        if (!optimizer.IsScattered)
        {
            optimizer.Combine();
        }

        var norm = optimizer.Step(rate);
        return new ScalarMetrics
        {
            Step = optimizer.StepCount,
            Loss = loss,
            Heads = [.. heads.Zip(weights, (head, weight) => head with { Weight = weight })],
            GradientNorm = norm,
            LearningRate = rate,
            Tokens = batch.Sum(TokensOf),
            OwnTokens = Pieces(batch).Sum(piece => piece.Sum(index => TokensOf(batch[index]))),
            Elapsed = _time.GetElapsedTime(start),
        };
    }

    private static int TokensOf(ScalarPair pair) => pair.First.Tokens.Length + pair.Second.Tokens.Length;

    /// <summary>
    /// As <see cref="Backward"/>, head by head, what they share of it being balanced: by all ranks alike, or by each
    /// its part.
    /// </summary>
    private (double[][] First, double[][] Second) BackwardByHead(
        IReadOnlyList<ScalarPair> batch, BalancedHeads balanced)
    {
        using var scope = NewDisposeScope();
        var shared = model.Backbone.Trained;
        var (gradients, losses) = (new List<Tensor>(), new List<double?>());
        (double[][] First, double[][] Second) scores = ([], []);
        for (var head = 0; head < _watches.Length; head++)
        {
            var own = objective with { Only = (head, balanced.WeightOf(head) ?? 1) };
            scores = Backward(batch, own);
            var gradient = optimizer.TakeGradients(shared);
            if (!optimizer.IsScattered)
            {
                optimizer.Ranks.AllReduce(gradient);
            }

            gradients.Add(gradient);
            losses.Add(batch.Any(pair => pair.Labels[head] is not null)
                ? LossOf(objective with { Only = (head, 1) }, batch, scores)
                : null);
        }

        Func<double, double>? sum = optimizer.IsScattered ? optimizer.Ranks.Sum : null;
        var combined = balanced.Combine(gradients, losses, optimizer.StepCount, sum);
        // Where every rank has the whole of it, the sum over the ranks is still to come.
        if (optimizer.IsScattered || optimizer.Ranks.Rank == 0)
        {
            optimizer.AddGradients(shared, combined);
        }

        return scores;
    }

    private double LossOf(
        ScalarObjective of, IReadOnlyList<ScalarPair> batch, (double[][] First, double[][] Second) scores)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        return of.Compute(Matrix(scores.First), Matrix(scores.Second), Labels(batch)).Value();
    }

    /// <summary>
    /// Adds up the gradients of this rank's pairs in the optimiser, and where ranks share them out, those of all; gives
    /// the scores of all.
    /// </summary>
    private (double[][] First, double[][] Second) Backward(IReadOnlyList<ScalarPair> batch, ScalarObjective of)
    {
        var labels = Labels(batch);
        var pieces = Pieces(batch);
        var isWhole = optimizer.Ranks.Count == 1 && pieces.Count == 1;
        using var gradients = of.Loss.ComparesPairs && !isWhole ? ScoreGradients(batch, of) : null;
        var all = new double[]?[2 * batch.Count];
        using var exchange = optimizer.IsScattered ? optimizer.Exchange(pieces.Count) : null;
        foreach (var piece in pieces)
        {
            Tensor Loss(Tensor scores)
            {
                var count = piece.Length;
                return gradients is null
                    ? of.Compute(
                        scores.narrow(0, 0, count),
                        scores.narrow(0, count, count),
                        [.. piece.Select(index => labels[index])],
                        labels)
                    : (scores * Part(gradients, piece)).sum();
            }

            var scores = ScalarPass.Backward(
                model,
                Rows(piece.Select(index => batch[index])),
                Loss,
                options.GradientCheckpointing,
                rows => BeginDropout(batch, piece, rows),
                exchange?.BeginMicroBatch());
            model.Backbone.Adapter?.EndDropout();
            End(exchange);
            Place(scores, piece, all);
        }

        if (exchange is not null)
        {
            optimizer.Combine(exchange);
        }

        var whole = Shared(all);
        return (whole[..batch.Count], whole[batch.Count..]);
    }

    /// <summary>The loss's gradients of all scores (2, B, heads), from passes that keep no activations.</summary>
    private Tensor ScoreGradients(IReadOnlyList<ScalarPair> batch, ScalarObjective of)
    {
        using var scope = NewDisposeScope();
        var all = new double[]?[2 * batch.Count];
        foreach (var piece in model.Backbone.Parameters.InPasses(Pieces(batch)))
        {
            using var mode = no_grad();
            using var scores = ScalarPass.TrainingScores(
                model,
                Rows(piece.Select(index => batch[index])),
                options.GradientCheckpointing,
                rows => BeginDropout(batch, piece, rows));
            model.Backbone.Adapter?.EndDropout();
            Place(ScalarPass.Numbers(scores), piece, all);
        }

        var leaf = Matrix(Shared(all)).requires_grad_();
        of.Compute(leaf.narrow(0, 0, batch.Count), leaf.narrow(0, batch.Count, batch.Count), Labels(batch))
            .backward();
        return leaf.grad!.view(2, batch.Count, -1).MoveToOuterDisposeScope();
    }

    private void End(GradientExchange? exchange)
    {
        if (exchange is null)
        {
            optimizer.Accumulate();
        }
        else
        {
            exchange.EndMicroBatch();
        }
    }

    /// <summary>This rank's share of the pairs, in micro-batches.</summary>
    private IReadOnlyList<int[]> Pieces(IReadOnlyList<ScalarPair> batch)
    {
        int[] lengths = [.. batch.Select(pair => Math.Max(pair.First.Tokens.Length, pair.Second.Tokens.Length))];
        return MicroBatches.Plan(lengths, options.MicroBatchTokens / 2, optimizer.Ranks);
    }

    // The second responses of a piece come after its first ones, and likewise those of the batch.
    private void BeginDropout(IReadOnlyList<ScalarPair> batch, int[] piece, IEnumerable<int> rows) =>
        model.Backbone.Adapter?.BeginDropout(optimizer.StepCount,
        [
            .. rows.Select(row => row < piece.Length ? piece[row] : batch.Count + piece[row - piece.Length]),
        ]);

    private static void Place(double[][] scores, int[] piece, double[]?[] all)
    {
        foreach (var (place, index) in piece.Index())
        {
            all[index] = scores[place];
            all[(all.Length / 2) + index] = scores[piece.Length + place];
        }
    }

    private double[][] Shared(double[]?[] own)
    {
        var none = new double[_watches.Length];
        float[] all = [.. own.SelectMany(row => row ?? none).Select(score => (float)score)];
        optimizer.Ranks.FillIn(all);
        return [.. all.Select(score => (double)score).Chunk(none.Length)];
    }

    private (double Loss, HeadMetrics[] Heads) Figures(
        IReadOnlyList<ScalarPair> batch, double[][] first, double[][] second)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var labels = Labels(batch);
        var (firstBH, secondBH) = (Matrix(first), Matrix(second));
        var heads = _watches.Select((watch, head) =>
        {
            PreferenceLabel?[] own = [.. labels.Select(pair => pair[head])];
            var loss = objective.OfHead(firstBH.select(1, head), secondBH.select(1, head), own);
            return watch.Next(
                [.. own.Select((label, i) => (first[i][head], second[i][head], label))], loss?.mean().Value());
        });
        return (objective.Compute(firstBH, secondBH, labels).Value(), [.. heads]);
    }

    private static IReadOnlyList<IReadOnlyList<PreferenceLabel?>> Labels(IReadOnlyList<ScalarPair> batch) =>
        [.. batch.Select(pair => pair.Labels)];

    private static ScalarRow[] Rows(IEnumerable<ScalarPair> pairs)
    {
        ScalarPair[] all = [.. pairs];
        return [.. all.Select(pair => pair.First), .. all.Select(pair => pair.Second)];
    }

    private static Tensor Part(Tensor gradients, int[] piece)
    {
        var places = tensor(
            Array.ConvertAll(piece, index => (long)index), dtype: ScalarType.Int64, device: gradients.device);
        return gradients.index_select(1, places).flatten(0, 1);
    }

    private Tensor Matrix(double[][] scores) => tensor(
        Array.ConvertAll(scores.SelectMany(row => row).ToArray(), value => (float)value),
        device: model.Backbone.Device).view(scores.Length, -1);
}
