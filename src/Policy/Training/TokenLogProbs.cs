using R1Reward.Policy.Models;
using R1Reward.Policy.Tracing;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Log-probabilities of chosen tokens without the logits of all of them at once: at most <see cref="ChunkElements"/>
/// logits exist at a time, forward and backward.
/// </summary>
public static class TokenLogProbs
{
    /// <summary>Logits per chunk: 128 MiB in float32.</summary>
    public const long ChunkElements = 1 << 25;

    /// <summary>Log-probabilities (N) of targets under final-norm states (N, C), without gradient.</summary>
    public static Tensor Compute(
        CausalLM model, Tensor hiddenNC, Tensor targetsN, long chunkElements = ChunkElements) =>
        model.HeadForKernels is { } head
            ? CpuLogProbs.Compute(head, hiddenNC, targetsN, Chunks(model, hiddenNC, chunkElements))
            : Compute(model, hiddenNC, targetsN, model.LogProbs, chunkElements);

    /// <summary>
    /// Log-probabilities of targets and entropies of their distributions in nats, stacked (2, N), without gradient.
    /// </summary>
    public static Tensor ComputeWithEntropies(
        CausalLM model, Tensor hiddenNC, Tensor targetsN, long chunkElements = ChunkElements) =>
        Compute(model, hiddenNC, targetsN, (hidden, targets) => WithEntropies(model, hidden, targets), chunkElements);

    /// <summary>
    /// Adds the gradients of a loss over log-probabilities to the model's. With one chunk the logits are kept;
    /// with several the log-probabilities are computed without a graph, the loss gives their gradients, and each chunk
    /// is computed again to carry them on.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="hiddenNC">Final-norm states with their graph.</param>
    /// <param name="targetsN">The tokens.</param>
    /// <param name="loss">From log-probabilities (N) to a single number.</param>
    /// <param name="chunkElements">Maximum logits at a time.</param>
    /// <returns>The loss, without graph.</returns>
    public static Tensor Backward(
        CausalLM model,
        Tensor hiddenNC,
        Tensor targetsN,
        Func<Tensor, Tensor> loss,
        long chunkElements = ChunkElements) =>
        model.HeadForKernels is { } head
            ? CpuLogProbs.Backward(head, hiddenNC, targetsN, loss, Chunks(model, hiddenNC, chunkElements))
            : Backward(model, hiddenNC, targetsN, model.LogProbs, loss, chunkElements);

    /// <summary>
    /// As <see cref="Backward(CausalLM, Tensor, Tensor, Func{Tensor, Tensor}, long)"/>, for a loss over
    /// log-probabilities and entropies, stacked (2, N).
    /// </summary>
    public static Tensor BackwardWithEntropies(
        CausalLM model,
        Tensor hiddenNC,
        Tensor targetsN,
        Func<Tensor, Tensor> loss,
        long chunkElements = ChunkElements)
    {
        Tensor Outputs(Tensor hidden, Tensor targets) => WithEntropies(model, hidden, targets);
        return Backward(model, hiddenNC, targetsN, Outputs, loss, chunkElements);
    }

    private static Tensor Compute(
        CausalLM model, Tensor hiddenNC, Tensor targetsN, Func<Tensor, Tensor, Tensor> outputs, long chunkElements)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var parts = Chunks(model, hiddenNC, chunkElements).Select(chunk =>
            outputs(hiddenNC.narrow(0, chunk.Start, chunk.Count), targetsN.narrow(0, chunk.Start, chunk.Count)));
        return cat([.. parts], -1).MoveToOuterDisposeScope();
    }

    private static Tensor Backward(
        CausalLM model,
        Tensor hiddenNC,
        Tensor targetsN,
        Func<Tensor, Tensor, Tensor> outputs,
        Func<Tensor, Tensor> loss,
        long chunkElements)
    {
        using var phase = TrainingPhases.Backward();
        using var scope = NewDisposeScope();
        var chunks = Chunks(model, hiddenNC, chunkElements);
        if (chunks.Count == 1)
        {
            var direct = loss(outputs(hiddenNC, targetsN));
            direct.backward();
            return direct.detach().MoveToOuterDisposeScope();
        }

        var whole = Compute(model, hiddenNC, targetsN, outputs, chunkElements).requires_grad_();
        var total = loss(whole);
        total.backward();
        var leaf = hiddenNC.detach().requires_grad_();
        var gradients = whole.grad!;
        foreach (var (start, count) in chunks)
        {
            using var inner = NewDisposeScope();
            var part = outputs(leaf.narrow(0, start, count), targetsN.narrow(0, start, count));
            autograd.backward([part], [gradients.narrow(-1, start, count)]);
        }

        autograd.backward([hiddenNC], [leaf.grad!]);
        return total.detach().MoveToOuterDisposeScope();
    }

    private static Tensor WithEntropies(CausalLM model, Tensor hiddenNC, Tensor targetsN)
    {
        using var scope = NewDisposeScope();
        var logProbsNV = model.Logits(hiddenNC).to(ScalarType.Float32).log_softmax(-1);
        var chosenN = logProbsNV.gather(-1, targetsN.unsqueeze(-1)).squeeze(-1);
        var entropiesN = (logProbsNV.exp() * logProbsNV).sum(-1).neg();
        return stack([chosenN, entropiesN], 0).MoveToOuterDisposeScope();
    }

    private static List<(long Start, long Count)> Chunks(CausalLM model, Tensor hiddenNC, long chunkElements)
    {
        var rows = Math.Max(1, chunkElements / model.Config.VocabularySize);
        var all = hiddenNC.size(0);
        var chunks = new List<(long Start, long Count)>();
        for (var start = 0L; start < all; start += rows)
        {
            chunks.Add((start, Math.Min(rows, all - start)));
        }

        return chunks;
    }
}
