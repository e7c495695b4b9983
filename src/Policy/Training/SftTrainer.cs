using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Supervised training on replies. The loss is the sum over the targets of the whole batch divided by their number,
/// whatever the micro-batches; the output layer runs at target positions only.
/// </summary>
public sealed class SftTrainer
{
    private readonly CausalLM _model;
    private readonly AdamW _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly SftOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Trains <paramref name="model"/> in place; the caller keeps and disposes model and optimiser.</summary>
    public SftTrainer(CausalLM model, AdamW optimizer, LearningRateSchedule schedule, SftOptions options, TimeProvider? time = null) =>
        (_model, _optimizer, _schedule, _options, _time) = (model, optimizer, schedule, options, time ?? TimeProvider.System);

    /// <summary>One optimiser step on a batch.</summary>
    /// <exception cref="InvalidOperationException">Loss or gradient is not finite; the message has the numbers.</exception>
    public SftMetrics Step(IReadOnlyList<TrainingRow> batch)
    {
        var start = _time.GetTimestamp();
        var rate = _schedule.At(_optimizer.StepCount);
        var targets = Targets(batch);
        var loss = Run(batch, targets, backward: true);
        if (!double.IsFinite(loss))
        {
            throw new InvalidOperationException($"loss is {loss} at optimiser step {_optimizer.StepCount + 1} over {targets} targets of {batch.Count} rows");
        }

        var norm = _optimizer.Step(rate);
        return new SftMetrics
        {
            Step = _optimizer.StepCount,
            Loss = loss,
            Targets = targets,
            Tokens = batch.Sum(row => row.Tokens.Length),
            GradientNorm = norm,
            LearningRate = rate,
            Elapsed = _time.GetElapsedTime(start),
        };
    }

    /// <summary>Mean loss per target of held-out rows, without training.</summary>
    public double Evaluate(IReadOnlyList<TrainingRow> batch)
    {
        using var mode = no_grad();
        return Run(batch, Targets(batch), backward: false);
    }

    private static int Targets(IReadOnlyList<TrainingRow> batch) => batch.Sum(row => row.TargetCount) is var targets and > 0
        ? targets
        : throw new InvalidOperationException($"a batch of {batch.Count} rows has no target token");

    private double Run(IReadOnlyList<TrainingRow> batch, int targets, bool backward)
    {
        var loss = 0.0;
        var learned = batch.Where(row => row.TargetCount > 0).ToList();
        foreach (var piece in MicroBatches.Plan([.. learned.Select(row => row.Tokens.Length)], _options.MicroBatchTokens))
        {
            using var scope = NewDisposeScope();
            var tokens = TokenBatch.Of([.. piece.Select(index => learned[index])], _model.Device);
            Tensor Mean(Tensor logProbs) => logProbs.sum().div(-targets);
            if (!backward)
            {
                var hidden = _model.HiddenAt(tokens.IdsBT, tokens.PlacesN, tokens.Vision);
                loss += Mean(TokenLogProbs.Compute(_model, hidden, tokens.TargetsN)).ToDouble();
                continue;
            }

            _model.Adapter?.DropAnew(_optimizer.StepCount, piece[0]);
            var pass = new TrainingPass(_model, tokens, _options.GradientCheckpointing);
            loss += TokenLogProbs.Backward(_model, pass.HiddenNC, tokens.TargetsN, Mean).ToDouble();
            pass.FinishBackward();
            _model.Adapter?.DropNothing();
            _optimizer.Accumulate();
        }

        return loss;
    }
}
