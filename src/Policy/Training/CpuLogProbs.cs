using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Tracing;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// <see cref="TokenLogProbs"/> by kernels, float32 on the CPU: logits become log-probabilities, and later their own
/// gradients, where they are, in one pass over memory each.
/// </summary>
internal sealed unsafe class CpuLogProbs
{
    private readonly CpuTrainedLinear _head;
    private readonly float* _hidden;
    private readonly long* _targets;
    private readonly float* _logits;
    private readonly int _size;
    private readonly int _vocabulary;

    private CpuLogProbs(Linear head, Tensor hiddenNC, Tensor targetsN, Tensor logitsRV)
    {
        _head = new CpuTrainedLinear(head);
        _hidden = CpuMatrix.Start(hiddenNC);
        _targets = CpuMatrix.StartOfWhole(targetsN);
        foreach (var target in new ReadOnlySpan<long>(_targets, (int)targetsN.size(0)))
        {
            if (target < 0 || target >= logitsRV.size(1))
            {
                throw new InvalidOperationException($"target {target} is outside a vocabulary of {logitsRV.size(1)}");
            }
        }

        _logits = CpuMatrix.Start(logitsRV);
        _size = (int)hiddenNC.size(1);
        _vocabulary = (int)logitsRV.size(1);
    }

    /// <summary>As <see cref="TokenLogProbs.Compute(CausalLM, Tensor, Tensor, long)"/>.</summary>
    /// <param name="head">The output layer.</param>
    /// <param name="hiddenNC">Final-norm states.</param>
    /// <param name="targetsN">The tokens.</param>
    /// <param name="chunks">Which rows have their logits at a time.</param>
    internal static Tensor Compute(
        Linear head, Tensor hiddenNC, Tensor targetsN, IReadOnlyList<(long Start, long Count)> chunks)
    {
        using var scope = NewDisposeScope();
        var logProbsN = empty(hiddenNC.size(0), dtype: ScalarType.Float32);
        var computing = new CpuLogProbs(
            head, hiddenNC.detach().contiguous(), targetsN.contiguous(), LogitsOf(head, chunks));
        foreach (var chunk in chunks)
        {
            computing.Forward(chunk, CpuMatrix.Start(logProbsN));
        }

        return logProbsN.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// As <see cref="TokenLogProbs.Backward(CausalLM, Tensor, Tensor, Func{Tensor, Tensor}, long)"/>.
    /// </summary>
    /// <param name="head">The output layer.</param>
    /// <param name="hiddenNC">Final-norm states with their graph.</param>
    /// <param name="targetsN">The tokens.</param>
    /// <param name="loss">From log-probabilities (N) to a single number.</param>
    /// <param name="chunks">Which rows have their logits at a time.</param>
    internal static Tensor Backward(
        Linear head,
        Tensor hiddenNC,
        Tensor targetsN,
        Func<Tensor, Tensor> loss,
        IReadOnlyList<(long Start, long Count)> chunks)
    {
        using var phase = TrainingPhases.Backward();
        using var scope = NewDisposeScope();
        var detachedNC = hiddenNC.detach().contiguous();
        var logProbsN = empty(hiddenNC.size(0), dtype: ScalarType.Float32);
        var computing = new CpuLogProbs(head, detachedNC, targetsN.contiguous(), LogitsOf(head, chunks));
        foreach (var chunk in chunks)
        {
            computing.Forward(chunk, CpuMatrix.Start(logProbsN));
        }

        using var total = loss(logProbsN.requires_grad_());
        total.backward();
        var gradientNC = empty_like(detachedNC);
        float* gradients = CpuMatrix.Start(logProbsN.grad!), result = CpuMatrix.Start(gradientNC);
        foreach (var chunk in chunks.Reverse())
        {
            // The logits of the last chunk are still there.
            if (chunk != chunks[^1])
            {
                computing.Forward(chunk, null);
            }

            computing.Backward(chunk, gradients, result);
        }

        autograd.backward([hiddenNC], [gradientNC]);
        return total.detach().MoveToOuterDisposeScope();
    }

    private static Tensor LogitsOf(Linear head, IReadOnlyList<(long Start, long Count)> chunks) =>
        empty(
            chunks.Count == 0 ? 0 : chunks.Max(chunk => chunk.Count), head.Weight.size(0), dtype: ScalarType.Float32);

    private void Forward((long Start, long Count) chunk, float* logProbs)
    {
        _head.Forward(_hidden + (chunk.Start * _size), (int)chunk.Count, _logits);
        if (logProbs is not null)
        {
            TensorThreads.Share((int)chunk.Count, (from, to) =>
            {
                for (; from < to; from++)
                {
                    var row = _logits + ((long)from * _vocabulary);
                    logProbs[chunk.Start + from] =
                        row[_targets[chunk.Start + from]] - RowMath.LogOfSum(row, _vocabulary);
                }
            });
        }
    }

    private void Backward((long Start, long Count) chunk, float* gradients, float* result)
    {
        TensorThreads.Share((int)chunk.Count, (from, to) =>
        {
            for (; from < to; from++)
            {
                RowGradients.LogProb(
                    _logits + ((long)from * _vocabulary),
                    (int)_targets[chunk.Start + from],
                    gradients[chunk.Start + from],
                    _vocabulary);
            }
        });
        var place = chunk.Start * _size;
        _head.BackwardToInput(_logits, (int)chunk.Count, result + place);
        _head.BackwardToWeights(_hidden + place, _logits, (int)chunk.Count);
    }
}
