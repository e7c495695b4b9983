using System.Runtime.InteropServices;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models;
using R1Reward.Rollout.Sampling;
using static TorchSharp.torch;

namespace R1Reward.Rollout;

/// <summary>
/// A share of an engine's sequences with its own rows of keys and values. One thread at a time uses it; the weights are
/// shared.
/// </summary>
internal sealed class EnginePart : IDisposable
{
    // So many tokens of prompts are computed beside one token of each sequence that runs.
    private const int PromptTokensPerStep = 512;

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

    /// <summary>Whether something was made that has not been handed over.</summary>
    public bool HasNews => _streamed.Count > 0 || _finished.Count > 0;

    /// <summary>Number of sequences that run or wait.</summary>
    public int Load => _scheduler.Load;

    /// <summary>Bytes of the pictures and videos of what waits.</summary>
    public long WaitingPatchBytes => _scheduler.WaitingPatchBytes;

    /// <summary>Bytes allocated for keys and values now.</summary>
    public long CacheBytes => _runner.CacheBytes;

    /// <summary>Has a group wait until there are rows for it.</summary>
    public void Add(SequenceGroup group) => _scheduler.Add(group);

    /// <summary>
    /// One more token of every running sequence, and some tokens of the prompts that come next, whose sequences then
    /// have their first token.
    /// </summary>
    /// <exception cref="Data.UserErrorException">There is no memory for the KV cache.</exception>
    public void Step()
    {
        if (_scheduler.Running is { Count: > 0 } running)
        {
            using var logitsRV = _runner.Decode(running);
            Sample(running, logitsRV);
            Retire();
        }

        if (_scheduler.Next is not { } next)
        {
            return;
        }

        if (_runner.TakesInPieces(next))
        {
            ComputePieces();
        }
        else if (_scheduler.Admit() is { Count: > 0 } admitted)
        {
            ComputeWhole(admitted);
        }

        Retire();
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

    /// <summary>
    /// Drops a request, also what has not been handed over of it; the others go on as if it had never been there.
    /// </summary>
    public void Cancel(string request)
    {
        Release(_scheduler.Remove(request));
        _streamed.RemoveAll(made => made.Sequence.Request == request);
        _finished.RemoveAll(sequence => sequence.Request == request);
    }

    /// <summary>Forgets what was computed of prompts before the weights changed.</summary>
    public void ForgetPrompts() => _runner.ForgetPrompts();

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

    private void ComputePieces()
    {
        var budget = PromptTokensPerStep;
        while (_scheduler.Next is { } group && _runner.TakesInPieces(group))
        {
            using var logits1V = _runner.GoOn(group, ref budget);
            if (logits1V is null)
            {
                return;
            }

            _scheduler.Start(group);
            _runner.Reserve(_scheduler.Running.Count, _scheduler.Length);
            _runner.Place(group.Sequences.Count);
            Sample(group, Row(logits1V, 0));
        }
    }

    private void ComputeWhole(IReadOnlyList<SequenceGroup> admitted)
    {
        _runner.Reserve(_scheduler.Running.Count, _scheduler.Length);
        using var logitsGV = _runner.Prefill(admitted);
        for (var i = 0; i < admitted.Count; i++)
        {
            Sample(admitted[i], Row(logitsGV, i));
        }
    }

    private void Retire()
    {
        var finished = _scheduler.Retire();
        Release(finished);
        foreach (var (sequence, _) in finished)
        {
            _finished.Add(sequence);
        }
    }

    private void Release(IReadOnlyList<(Sequence Sequence, int Row)> taken)
    {
        _runner.Release(taken);
        _runner.CheckAccounting(_scheduler.Running);
    }

    private ReadOnlySpan<float> Row(Tensor logitsNV, int row) =>
        MemoryMarshal.Cast<byte, float>(logitsNV.bytes).Slice(row * _sampler.VocabularySize, _sampler.VocabularySize);

    private void Sample(IReadOnlyList<Sequence> running, Tensor logitsRV)
    {
        for (var row = 0; row < running.Count; row++)
        {
            Sample(running[row], Row(logitsRV, row));
        }
    }

    private void Sample(SequenceGroup group, ReadOnlySpan<float> logits)
    {
        foreach (var sequence in group.Sequences)
        {
            Sample(sequence, logits);
        }
    }

    private void Sample(Sequence sequence, ReadOnlySpan<float> logits)
    {
        var drawn = _sampler.Sample(
            logits, sequence.Sampling, sequence.Seen, sequence.NextUniform(), sequence.ForbiddenStopTokens);
        sequence.Append(drawn);
        if (sequence.ForListener(drawn.Token, drawn.LogProb, logits) is { } token)
        {
            _streamed.Add((sequence, token));
        }
    }
}
