using System.Globalization;
using System.Runtime.InteropServices;
using R1Reward.Data;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Vision;
using static TorchSharp.torch;

namespace R1Reward.Rollout;

/// <summary>
/// The engine's only tensor code: runs prompts and decode steps over the KV cache. Letters in names are axes: G groups,
/// R running sequences, T tokens, V vocabulary.
/// </summary>
internal sealed class ModelRunner : IDisposable
{
    private readonly CausalLM _model;
    private readonly int _maxSequences;
    private readonly long _cacheTokens;
    private KvCache? _cache;
    private PromptRow? _prompt;
    private SequenceGroup? _begun;

    /// <param name="model">The policy.</param>
    /// <param name="maxSequences">Maximum of rows of the cache.</param>
    /// <param name="cacheTokens">Maximum of tokens of all its rows; one row may have more.</param>
    public ModelRunner(CausalLM model, int maxSequences, long cacheTokens)
    {
        _model = model;
        _maxSequences = maxSequences;
        _cacheTokens = cacheTokens;
    }

    /// <summary>Bytes allocated for the cache, without those of the prompt that is being computed.</summary>
    public long CacheBytes => _cache?.AllocatedBytes ?? 0;

    /// <summary>
    /// Makes room for a number of sequences of a length, those that run included. Where memory allows, room for more is
    /// made, so that the cache is not copied for each new sequence.
    /// </summary>
    /// <exception cref="UserErrorException">There is no memory for them.</exception>
    public void Reserve(int rows, int length)
    {
        var oldRows = _cache?.MaxRows ?? 0;
        var oldCapacity = _cache?.Capacity ?? 0;
        if (rows <= oldRows && length <= oldCapacity)
        {
            return;
        }

        var minimum = Scheduler.InSteps(length);
        var capacity = (long)rows * oldCapacity <= _cacheTokens ? Math.Max(minimum, oldCapacity) : minimum;
        var fit = (int)Math.Clamp(_cacheTokens / capacity, rows, Math.Max(rows, _maxSequences));
        try
        {
            Allocate(Math.Min(2 * rows, fit), capacity);
        }
        catch (ExternalException)
        {
            try
            {
                Allocate(rows, minimum);
            }
            catch (ExternalException error)
            {
                _cache?.Dispose();
                _cache = null;
                var gib = (double)rows * minimum * KvCache.BytesOfOneToken(_model.Config, _model.Dtype) / (1L << 30);
                throw new UserErrorException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_model.Device}: no memory for {gib:0.##} GiB of keys and values, "
                    + $"{rows} sequences of {minimum} tokens. "
                    + $"Lower their limit (r1reward.rollout.cache-memory, --cache-gib) "
                    + $"or the length of prompts and replies. "
                    + $"{error.Message.Split('\n')[0]}"));
            }
        }
    }

    /// <summary>
    /// Runs each group's prompt once; its keys and values go to the next rows, one for each sequence of the group.
    /// </summary>
    /// <returns>Logits (G, V) of the first new token, float32 on the CPU.</returns>
    public Tensor Prefill(IReadOnlyList<SequenceGroup> groups)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var lengths = groups.Select(group => group.PromptTokens.Length).ToArray();
        var longest = lengths.Max();
        var ids = new long[groups.Count * longest];
        for (var g = 0; g < groups.Count; g++)
        {
            for (var t = 0; t < lengths[g]; t++)
            {
                ids[(g * longest) + t] = groups[g].PromptTokens[t];
            }
        }

        var idsGT = tensor(ids, dtype: ScalarType.Int64, device: _model.Device).view(groups.Count, longest);
        return Logits(
            _model.Prefill(
                idsGT,
                lengths,
                Cache,
                groups[0].Sequences.Count,
                MediaInputs.From(groups.Select(group => group.Features))));
    }

    /// <summary>Whether a group's prompt is computed by <see cref="GoOn"/>, and not by <see cref="Prefill"/>.</summary>
    public bool TakesInPieces(SequenceGroup group) => _model.HasKernels && group.Features.Count == 0;

    /// <summary>
    /// Computes tokens of a group's prompt, until it is whole or has had as many as may be computed now. What it shares
    /// with the beginning of the prompt before it is there already.
    /// </summary>
    /// <param name="group">The group, the same until its prompt is whole.</param>
    /// <param name="budget">How many tokens may be computed now; reduced by what was computed.</param>
    /// <returns>
    /// Logits (1, V) of the first new token once the prompt is whole, float32 on the CPU; null before that.
    /// </returns>
    public Tensor? GoOn(SequenceGroup group, ref int budget)
    {
        _prompt ??= new PromptRow(_model);
        if (!ReferenceEquals(_begun, group))
        {
            _prompt.Begin(group.PromptTokens.AsSpan(), group.PromptTokens.Length - 1);
            _begun = group;
        }

        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        while (budget > 0)
        {
            var statesTC = _prompt.GoOn(budget);
            budget -= (int)statesTC.size(0);
            if (_prompt.Missing == 0)
            {
                _begun = null;
                return Logits(statesTC.narrow(0, statesTC.size(0) - 1, 1));
            }
        }

        return null;
    }

    /// <summary>Gives the whole prompt that <see cref="GoOn"/> computed to the next rows.</summary>
    public void Place(int copies) => _prompt!.CopyTo(Cache, copies);

    /// <summary>Forgets prompts that were computed: the weights have changed.</summary>
    public void ForgetPrompts()
    {
        _begun = null;
        _prompt?.Clear();
    }

    /// <summary>Feeds every running sequence the token that was sampled last.</summary>
    /// <returns>Logits (R, V) of the next token, float32 on the CPU.</returns>
    public Tensor Decode(IReadOnlyList<Sequence> running)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var idsR = empty([running.Count], dtype: ScalarType.Int64, device: CPU);
        var ids = MemoryMarshal.Cast<byte, long>(idsR.bytes);
        for (var row = 0; row < ids.Length; row++)
        {
            ids[row] = running[row].LastToken;
        }

        return Logits(_model.Decode(idsR.to(_model.Device), Cache));
    }

    /// <summary>Frees rows, in this order; the last row in use moves into each gap.</summary>
    public void Release(IReadOnlyList<(Sequence Sequence, int Row)> taken)
    {
        foreach (var (_, row) in taken)
        {
            Cache.Remove(row);
        }
    }

    /// <summary>Frees all rows; the cache keeps its memory.</summary>
    public void Clear()
    {
        _cache?.Clear();
        ForgetPrompts();
    }

    /// <summary>Compares what the cache holds with what should run.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public void CheckAccounting(IReadOnlyList<Sequence> running)
    {
        var lengths = _cache is null ? [] : _cache.Lengths;
        if (lengths.Length != running.Count)
        {
            throw new InvalidOperationException(
                $"The KV cache holds {lengths.Length} rows for {running.Count} running sequences.");
        }

        for (var row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] != running[row].CachedLength)
            {
                throw new InvalidOperationException(
                    $"KV cache row {row} holds {lengths[row]} tokens for a sequence of {running[row].CachedLength}.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache?.Dispose();
        _prompt?.Dispose();
    }

    private void Allocate(int rows, int capacity)
    {
        if (_cache is null)
        {
            _cache = new KvCache(_model.Config, rows, capacity, _model.Device, _model.Dtype);
        }
        else
        {
            _cache.Resize(rows, capacity);
        }
    }

    private KvCache Cache =>
        _cache ?? throw new InvalidOperationException("The KV cache was used before a request reserved it.");

    private Tensor Logits(Tensor hiddenNC) =>
        _model.Logits(hiddenNC).to(ScalarType.Float32).cpu().contiguous().DetachFromDisposeScope();
}
