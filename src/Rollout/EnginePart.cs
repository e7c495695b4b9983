using System.Runtime.InteropServices;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models;
using R1Reward.Rollout.Sampling;
using static TorchSharp.torch;

namespace R1Reward.Rollout;

/// <summary>
/// A share of an engine's sequences with its own rows of keys and values: a step either computes the prompts of newly
/// admitted groups or one more token of every running sequence. One thread at a time uses it; the weights are shared.
/// </summary>
internal sealed class EnginePart : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly ModelRunner _runner;
    private readonly TokenSampler _sampler;
    private readonly List<(Sequence Sequence, StreamedToken Token)> _streamed = [];
    private readonly List<Sequence> _finished = [];

    /// <param name="model">The policy, or a second model over its weights.</param>
    /// <param name="maxSequences">Maximum of rows.</param>
    /// <param name="maxPrefillTokens">Maximum of prompt tokens of one prefill, padding included.</param>
    /// <param name="cacheTokens">Maximum of tokens of all rows.</param>
    public EnginePart(CausalLM model, int maxSequences, int maxPrefillTokens, long cacheTokens)
    {
        _scheduler = new Scheduler(maxSequences, maxPrefillTokens, cacheTokens);
        _runner = new ModelRunner(model, maxSequences, cacheTokens);
        _sampler = new TokenSampler(model.Config.VocabularySize, model.Config.PlaceholderTokens);
    }

    /// <summary>Whether anything runs or waits.</summary>
    public bool HasWork => _scheduler.HasWork;

    /// <summary>Number of sequences that run or wait.</summary>
    public int Load => _scheduler.Load;

    /// <summary>Bytes of the pictures and videos of what waits.</summary>
    public long WaitingPatchBytes => _scheduler.WaitingPatchBytes;

    /// <summary>Bytes allocated for keys and values now.</summary>
    public long CacheBytes => _runner.CacheBytes;

    /// <summary>Puts a group in the queue.</summary>
    public void Add(SequenceGroup group) => _scheduler.Add(group);

    /// <summary>One forward pass and one token for each sequence in it.</summary>
    /// <exception cref="Data.UserErrorException">There is no memory for the KV cache.</exception>
    public void Step()
    {
        if (_scheduler.Admit() is { Count: > 0 } admitted)
        {
            _runner.Reserve(_scheduler.Running.Count, _scheduler.Length);
            using var logitsGV = _runner.Prefill(admitted);
            Sample(
                admitted.SelectMany((group, index) => group.Sequences.Select(sequence => (sequence, index))),
                logitsGV);
        }
        else if (_scheduler.Running is { Count: > 0 } running)
        {
            using var logitsRV = _runner.Decode(running);
            Sample(running.Select((sequence, index) => (sequence, index)), logitsRV);
        }

        var finished = _scheduler.Retire();
        Release(finished);
        _finished.AddRange(finished.Select(retired => retired.Sequence));
    }

    /// <summary>Hands over what the steps since the last call have made: tokens to listeners, then traces.</summary>
    /// <param name="version">The weights that they come from.</param>
    /// <param name="onFinished">Called for each trace.</param>
    public void HandOver(PolicyVersion version, Action<Trace> onFinished)
    {
        foreach (var (sequence, token) in _streamed)
        {
            sequence.Stream(token);
        }

        _streamed.Clear();
        foreach (var sequence in _finished)
        {
            onFinished(sequence.ToTrace(version));
        }

        _finished.Clear();
    }

    /// <summary>Drops a request, running or waiting; the others go on as if it had never been there.</summary>
    public void Cancel(string request) => Release(_scheduler.Remove(request));

    /// <summary>Drops everything that runs or waits.</summary>
    public void Clear()
    {
        _scheduler.Clear();
        _runner.Clear();
        _streamed.Clear();
        _finished.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();

    private void Release(IReadOnlyList<(Sequence Sequence, int Row)> taken)
    {
        _runner.Release(taken.Select(one => one.Row));
        _runner.CheckAccounting(_scheduler.Running);
    }

    private void Sample(IEnumerable<(Sequence Sequence, int Index)> rows, Tensor logitsNV)
    {
        var logits = MemoryMarshal.Cast<byte, float>(logitsNV.bytes);
        var size = _sampler.VocabularySize;
        foreach (var (sequence, index) in rows)
        {
            var row = logits.Slice(index * size, size);
            var drawn = _sampler.Sample(
                row, sequence.Sampling, sequence.Seen, sequence.NextUniform(), sequence.ForbiddenStopTokens);
            sequence.Append(drawn);
            if (sequence.ForListener(drawn.Token, drawn.LogProb, row) is { } token)
            {
                _streamed.Add((sequence, token));
            }
        }
    }
}
