using System.Collections.Immutable;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Losses.Values;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The value function of PPO (Schulman et al. 2017): a network like the policy whose head gives one number per
/// position, the reward still to come before the token that follows. Its trunk starts as the policy's, its head at
/// zero, so that the first values are 0. Difference from PPO's shared trunk: a network of its own, as the published
/// trainers have it, so its loss does not move the policy.
/// </summary>
public sealed class Critic : IDisposable
{
    private readonly CriticOptions _options;

    /// <summary>Takes over a model that gives one score per position; it is disposed with the critic.</summary>
    public Critic(CausalLM model, CriticOptions options)
    {
        Model = model;
        _options = options;
        Optimizer = new AdamW(
            model.Parameters,
            new AdamWOptions { MaxGradientNorm = options.MaxGradientNorm, Sharding = options.Sharding });
    }

    /// <summary>The network, one score per position.</summary>
    public CausalLM Model { get; }

    /// <summary>The optimiser of the network's weights.</summary>
    public AdamW Optimizer { get; }

    /// <summary>Updates made or restored; part of the seed of the order.</summary>
    public long UpdateCount { get; set; }

    /// <summary>
    /// A network for a policy to start its critic from. The weights of an adapter are not copied.
    /// </summary>
    public static CausalLM ModelFor(CausalLM policy)
    {
        var model = new CausalLM(policy.Config with { LabelCount = 1 }, policy.Device, policy.Dtype);
        var known = policy.Parameters.Specs.Select(spec => spec.Name).ToHashSet();
        using var mode = no_grad();
        foreach (var spec in model.Parameters.Specs.Where(spec => known.Contains(spec.Name)))
        {
            model.Parameters[spec.Name].copy_(policy.Parameters[spec.Name]);
        }

        return model;
    }

    /// <summary>The value before each response token of each row, in the order of the rows.</summary>
    public IReadOnlyList<ImmutableArray<float>> Values(IReadOnlyList<TrainingRow> rows) =>
        ResponseLogProbs.Compute(
            Model,
            rows,
            _options.MicroBatchTokens,
            (hiddenNC, _) => ValuesOf(hiddenNC),
            _options.OnMicroBatch,
            Optimizer.Ranks);

    /// <summary>Moves the values towards the returns, clipped around the values at rollout.</summary>
    /// <param name="rows">Prompts with their responses.</param>
    /// <param name="oldValues">The result of <see cref="Values"/> for them.</param>
    /// <param name="returns">Targets, one per response token.</param>
    /// <returns>The mean loss over the steps; NaN without rows.</returns>
    /// <exception cref="InvalidOperationException">
    /// Loss or gradient is not finite; the message has the numbers.
    /// </exception>
    public double Update(
        IReadOnlyList<TrainingRow> rows,
        IReadOnlyList<ImmutableArray<float>> oldValues,
        IReadOnlyList<ImmutableArray<float>> returns)
    {
        var losses = new List<double>();
        for (var pass = 0; pass < _options.Passes; pass++)
        {
            var order = Enumerable.Range(0, rows.Count).ToArray();
            CounterRandom.For(_options.Seed, "critic-update", UpdateCount, pass).Shuffle(order);
            foreach (var batch in order.Chunk(_options.TrainBatchSize))
            {
                var loss = Backward(batch, rows, oldValues, returns);
                if (!double.IsFinite(loss))
                {
                    throw new InvalidOperationException(
                        $"value loss is {loss} at optimiser step {Optimizer.StepCount + 1} "
                        + $"over {batch.Length} responses");
                }

                Optimizer.Step(_options.LearningRate);
                losses.Add(loss);
            }
        }

        UpdateCount++;
        return losses.DefaultIfEmpty(double.NaN).Average();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Model.Dispose();
    }

    /// <summary>Adds up the gradients of a train batch in the optimiser and returns its loss.</summary>
    private double Backward(
        int[] batch,
        IReadOnlyList<TrainingRow> rows,
        IReadOnlyList<ImmutableArray<float>> oldValues,
        IReadOnlyList<ImmutableArray<float>> returns)
    {
        var total = 0.0;
        int[] lengths = [.. batch.Select(index => rows[index].Tokens.Length)];
        var pieces = MicroBatches.Plan(lengths, _options.MicroBatchTokens, Optimizer.Ranks);
        using var exchange = Optimizer.Exchange(pieces.Count);
        foreach (var piece in pieces)
        {
            using var scope = NewDisposeScope();
            int[] indices = [.. piece.Select(place => batch[place])];
            var tokens = TokenBatch.From([.. indices.Select(index => rows[index])], Model.Device);
            var padded = new ResponseRows([.. indices.Select(index => rows[index].TargetCount)], Model.Device);
            Tensor Pad(IReadOnlyList<ImmutableArray<float>> numbers) =>
                padded.Pad(row => numbers[indices[row]].AsMemory());
            var pass = new TrainingPass(Model, tokens, checkpointing: false, exchange.BeginMicroBatch());
            var valuesBT = padded.Pad(ValuesOf(pass.HiddenNC));
            var maskBT = padded.Pad(row => Enumerable.Repeat(1f, rows[indices[row]].TargetCount).ToArray());
            var mean = ValueLoss.Compute(valuesBT, Pad(oldValues), Pad(returns), maskBT, _options.ValueClip);
            // The loss is a mean over the responses of a piece; pieces weigh as many responses as they have.
            var loss = mean * Kept(indices.Length / (double)batch.Length);
            loss.backward();
            pass.FinishBackward();
            exchange.EndMicroBatch();
            _options.OnMicroBatch?.Invoke();
            total += loss.Value();
        }

        Optimizer.Combine(exchange);
        return Optimizer.Ranks.Sum(total);
    }

    private Tensor ValuesOf(Tensor hiddenNC) => Model.Logits(hiddenNC).squeeze(-1).to(ScalarType.Float32);
}
