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

    /// <param name="model">The policy.</param>
    /// <param name="maxSequences">Maximum of rows of the cache.</param>
    /// <param name="cacheTokens">Maximum of tokens of all its rows; one row may have more.</param>
    public ModelRunner(CausalLM model, int maxSequences, long cacheTokens)
    {
        _model = model;
        _maxSequences = maxSequences;
        _cacheTokens = cacheTokens;
    }

    /// <summary>Bytes allocated for the cache.</summary>
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

    /// <summary>Feeds every running sequence the token that was sampled last.</summary>
    /// <returns>Logits (R, V) of the next token, float32 on the CPU.</returns>
    public Tensor Decode(IReadOnlyList<Sequence> running)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var ids = running.Select(sequence => (long)sequence.LastToken).ToArray();
        return Logits(_model.Decode(tensor(ids, dtype: ScalarType.Int64, device: _model.Device), Cache));
    }

    /// <summary>Frees rows, in this order; the last row in use moves into each gap.</summary>
    public void Release(IEnumerable<int> rows)
    {
        foreach (var row in rows)
        {
            Cache.Remove(row);
        }
    }

    /// <summary>Frees all rows; the cache keeps its memory.</summary>
    public void Clear() => _cache?.Clear();

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
    public void Dispose() => _cache?.Dispose();

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
