using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Supervised training on replies. The loss is the sum over the targets of the whole batch divided by their number,
/// those of a prompt by their weight in both, whatever the micro-batches; the output layer runs at target positions
/// only. The ranks of the optimiser are each given the whole batch, train on a share of it and have the figures of all.
/// </summary>
/// <param name="model">Is trained in place; the caller keeps and disposes it.</param>
/// <param name="optimizer">Holds the model's gradients; the caller keeps and disposes it.</param>
/// <param name="schedule">Rate per optimiser step.</param>
/// <param name="options">Bounds of memory.</param>
/// <param name="time">Clock of the metrics; null: the system's.</param>
public sealed class SftTrainer(
    CausalLM model, AdamW optimizer, LearningRateSchedule schedule, SftOptions options, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>One optimiser step on a batch.</summary>
    /// <exception cref="InvalidOperationException">
    /// The batch has no target, or loss or gradient is not finite; the message has the numbers.
    /// </exception>
    public SftMetrics Step(IReadOnlyList<TrainingRow> batch)
    {
        var start = _time.GetTimestamp();
        var rate = schedule.At(optimizer.StepCount);
        var targets = Targets(batch);
        var (loss, ofReplies) = Backward(batch);
        if (!double.IsFinite(loss))
        {
            throw new InvalidOperationException(
                $"loss is {loss} at optimiser step {optimizer.StepCount + 1} "
                + $"over {targets} targets of {batch.Count} rows");
        }

        var norm = optimizer.Step(rate);
        return new SftMetrics
        {
            Step = optimizer.StepCount,
            Loss = loss,
            ReplyLoss = ofReplies / (targets - batch.Sum(row => row.TargetsBefore)),
            Targets = targets,
            Tokens = batch.Sum(row => row.Tokens.Length),
            OwnTokens = Pieces(batch).Sum(piece => piece.Rows.Sum(row => row.Tokens.Length)),
            GradientNorm = norm,
            LearningRate = rate,
            Elapsed = _time.GetElapsedTime(start),
        };
    }

    /// <summary>Mean loss per target of held-out rows, without training.</summary>
    /// <exception cref="InvalidOperationException">The batch has no target.</exception>
    public double Evaluate(IReadOnlyList<TrainingRow> batch)
    {
        using var mode = no_grad();
        var weight = Weight(batch);
        var loss = 0.0;
        foreach (var (_, rows) in model.Parameters.InPasses(Pieces(batch)))
        {
            using var scope = NewDisposeScope();
            var tokens = TokenBatch.From(rows, model.Device);
            var hiddenNC = model.HiddenAt(tokens.IdsBT, tokens.PlacesN, tokens.Media);
            loss += Loss(TokenLogProbs.Compute(model, hiddenNC, tokens.TargetsN), tokens, weight).Value();
        }

        return optimizer.Ranks.Sum(loss);
    }

    private static int Targets(IReadOnlyList<TrainingRow> batch)
    {
        var targets = batch.Sum(row => row.TargetCount);
        return targets > 0
            ? targets
            : throw new InvalidOperationException($"a batch of {batch.Count} rows has no target token");
    }

    /// <summary>What all targets of a batch count together.</summary>
    private double Weight(IReadOnlyList<TrainingRow> batch) =>
        Targets(batch) - ((1 - options.PromptWeight) * batch.Sum(row => row.TargetsBefore));

    private Tensor Loss(Tensor logProbsN, TokenBatch tokens, double weight)
    {
        var weightsN = tokens.OfRepliesN.mul(Kept(1 - options.PromptWeight)).Plus(options.PromptWeight);
        return logProbsN.mul(weightsN).sum().div(Kept(-weight));
    }

    /// <summary>Adds up the gradients of a batch in the optimiser.</summary>
    /// <returns>Its loss, and the sum of that of the replies' tokens.</returns>
    private (double Loss, double OfReplies) Backward(IReadOnlyList<TrainingRow> batch)
    {
        var (loss, ofReplies) = (0.0, 0.0);
        var weight = Weight(batch);
        var pieces = Pieces(batch);
        using var exchange = optimizer.Exchange(pieces.Count);
        foreach (var (piece, rows) in pieces)
        {
            using var scope = NewDisposeScope();
            var tokens = TokenBatch.From(rows, model.Device);
            model.Adapter?.BeginDropout(optimizer.StepCount, piece);
            var pass = new TrainingPass(
                model, tokens, options.GradientCheckpointing, exchange.BeginMicroBatch());
            loss += TokenLogProbs.Backward(model, pass.HiddenNC, tokens.TargetsN, logProbsN =>
            {
                ofReplies -= logProbsN.detach().dot(tokens.OfRepliesN).Value();
                return Loss(logProbsN, tokens, weight);
            }).Value();
            pass.FinishBackward();
            model.Adapter?.EndDropout();
            exchange.EndMicroBatch();
        }

        optimizer.Combine(exchange);
        return (optimizer.Ranks.Sum(loss), optimizer.Ranks.Sum(ofReplies));
    }

    /// <summary>
    /// This rank's share of the rows that have targets, in micro-batches, each with the places of its rows among all.
    /// </summary>
    private IReadOnlyList<(int[] Piece, TrainingRow[] Rows)> Pieces(IReadOnlyList<TrainingRow> batch)
    {
        TrainingRow[] learned = [.. batch.Where(row => row.TargetCount > 0)];
        int[] lengths = [.. learned.Select(row => row.Tokens.Length)];
        return
        [
            .. MicroBatches.Plan(lengths, options.MicroBatchTokens, optimizer.Ranks)
                .Select(piece => (piece, Array.ConvertAll(piece, index => learned[index]))),
        ];
    }
}
