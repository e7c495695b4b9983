using R1Reward.Data.Pairs;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Optimization;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Training of a scalar reward model on ranked pairs. Both responses of a pair go through the model in one batch. The
/// gradients are those of the whole batch whatever the micro-batches: a loss that compares pairs is computed over all
/// scores first, and each micro-batch then runs again to carry the scores' gradients on. For one thread.
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
    private readonly HeadWatch[] _watches = [.. model.Config.Heads.Select(name => new HeadWatch(name))];

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

        var (first, second) = Backward(batch);
        var (loss, heads) = Figures(batch, first, second);
        if (!double.IsFinite(loss))
        {
            throw new InvalidOperationException(
                $"loss is {loss} at optimiser step {optimizer.StepCount + 1} over {batch.Count} pairs");
        }

        var norm = optimizer.Step(rate);
        return new ScalarMetrics
        {
            Step = optimizer.StepCount,
            Loss = loss,
            Heads = heads,
            GradientNorm = norm,
            LearningRate = rate,
            Tokens = batch.Sum(pair => pair.First.Tokens.Length + pair.Second.Tokens.Length),
            Elapsed = _time.GetElapsedTime(start),
        };
    }

    /// <summary>Adds up the gradients of a batch in the optimiser; gives the scores of both sides.</summary>
    private (double[][] First, double[][] Second) Backward(IReadOnlyList<ScalarPair> batch)
    {
        var labels = Labels(batch);
        int[] lengths = [.. batch.Select(pair => Math.Max(pair.First.Tokens.Length, pair.Second.Tokens.Length))];
        var pieces = MicroBatches.Plan(lengths, options.MicroBatchTokens / 2);
        using var gradients = objective.Loss.ComparesPairs && pieces.Count > 1 ? ScoreGradients(batch) : null;
        var (first, second) = (new double[batch.Count][], new double[batch.Count][]);
        foreach (var piece in pieces)
        {
            Tensor Loss(Tensor scores)
            {
                var count = piece.Length;
                return gradients is null
                    ? objective.Compute(
                        scores.narrow(0, 0, count),
                        scores.narrow(0, count, count),
                        [.. piece.Select(index => labels[index])],
                        labels)
                    : (scores * Part(gradients, piece)).sum();
            }

            BeginDropout(piece);
            var scores = ScalarPass.Backward(
                model, Rows(piece.Select(index => batch[index])), Loss, options.GradientCheckpointing);
            model.Backbone.Adapter?.EndDropout();
            optimizer.Accumulate();
            foreach (var (place, index) in piece.Index())
            {
                first[index] = scores[place];
                second[index] = scores[piece.Length + place];
            }
        }

        return (first, second);
    }

    /// <summary>The loss's gradients of all scores (2, B, heads), from passes that keep no activations.</summary>
    private Tensor ScoreGradients(IReadOnlyList<ScalarPair> batch)
    {
        using var scope = NewDisposeScope();
        int[] lengths = [.. batch.Select(pair => Math.Max(pair.First.Tokens.Length, pair.Second.Tokens.Length))];
        var all = new double[2 * batch.Count][];
        foreach (var piece in MicroBatches.Plan(lengths, options.MicroBatchTokens / 2))
        {
            BeginDropout(piece);
            var rows = Rows(piece.Select(index => batch[index]));
            var scores = ScalarPass.Evaluate(model, rows, int.MaxValue, training: true);
            model.Backbone.Adapter?.EndDropout();
            foreach (var (place, index) in piece.Index())
            {
                all[index] = scores[place];
                all[batch.Count + index] = scores[piece.Length + place];
            }
        }

        var leaf = Matrix(all).requires_grad_();
        objective.Compute(leaf.narrow(0, 0, batch.Count), leaf.narrow(0, batch.Count, batch.Count), Labels(batch))
            .backward();
        return leaf.grad!.view(2, batch.Count, -1).MoveToOuterDisposeScope();
    }

    private void BeginDropout(int[] piece) => model.Backbone.Adapter?.BeginDropout(optimizer.StepCount, piece[0]);

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
