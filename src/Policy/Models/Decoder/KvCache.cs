using R1Reward.Policy.Models.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Keys and values of running sequences: per layer two slabs (rows, key-value heads, capacity, D).
/// Rows 0 .. <see cref="Rows"/>-1 are in use without gaps; a retired row is filled by the last one
/// (<see cref="Remove"/>), so whoever schedules keeps its own list in the same order. Keys are stored rotated.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private int[] _lengths = [];
    private int[] _shifts = [];

    /// <summary>Allocates the slabs of all layers for these sizes.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="maxRows">Maximum of sequences at a time.</param>
    /// <param name="capacity">Maximum of tokens per sequence, prompt included.</param>
    /// <param name="device">The model's device.</param>
    /// <param name="dtype">The model's number format.</param>
    public KvCache(ModelConfig config, int maxRows, int capacity, Device device, ScalarType dtype)
    {
        long[] none = [0, config.KeyValueHeads, 0, config.HeadSize];
        Tensor Slab() => zeros(none, dtype: dtype, device: device).DetachFromDisposeScope();
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => Slab())];
        _values = [.. Enumerable.Range(0, config.Layers).Select(_ => Slab())];
        BytesPerToken = BytesOfOneToken(config, dtype);
        try
        {
            Resize(maxRows, capacity);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes that one token of one sequence takes over all layers.</summary>
    public static long BytesOfOneToken(ModelConfig config, ScalarType dtype) =>
        2L * config.Layers * config.KeyValueHeads * config.HeadSize * dtype.ElementSize();

    /// <summary>Maximum of sequences at a time.</summary>
    public int MaxRows { get; private set; }

    /// <summary>Maximum of tokens per sequence.</summary>
    public int Capacity { get; private set; }

    /// <summary>Number of sequences that are held now.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens held per row, for the rows in use.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Rows);

    /// <summary>Bytes that one token of one sequence takes over all layers.</summary>
    public long BytesPerToken { get; }

    /// <summary>
    /// Bytes allocated: <see cref="BytesPerToken"/> x <see cref="MaxRows"/> x <see cref="Capacity"/>.
    /// </summary>
    public long AllocatedBytes => BytesPerToken * MaxRows * Capacity;

    /// <summary>Bytes that hold tokens of running sequences.</summary>
    public long UsedBytes => BytesPerToken * TokensHeld;

    private long TokensHeld
    {
        get
        {
            var total = 0L;
            foreach (var length in Lengths)
            {
                total += length;
            }

            return total;
        }
    }

    /// <summary>
    /// Retires a row: the last row in use takes its place. Where it was the last itself, the count just falls.
    /// </summary>
    /// <returns>The row that moved here, or -1 if none did.</returns>
    public int Remove(int row)
    {
        if ((uint)row >= (uint)Rows)
        {
            throw new InvalidOperationException($"KV cache row {row} is not among the {Rows} in use");
        }

        var last = --Rows;
        if (row == last)
        {
            return -1;
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        _lengths[row] = _lengths[last];
        _shifts[row] = _shifts[last];
        foreach (var slab in _keys.Concat(_values))
        {
            slab.select(0, row).narrow(1, 0, _lengths[row]).copy_(slab.select(0, last).narrow(1, 0, _lengths[row]));
        }

        return last;
    }

    /// <summary>
    /// Changes the sizes and keeps what is held; one layer at a time is there twice meanwhile. Where the device has no
    /// memory for it, the sequences are still held, and smaller sizes can be tried: until then the cache cannot be
    /// used.
    /// </summary>
    /// <param name="maxRows">Maximum of sequences at a time, at least <see cref="Rows"/>.</param>
    /// <param name="capacity">Maximum of tokens per sequence, at least what each row holds.</param>
    public void Resize(int maxRows, int capacity)
    {
        if (maxRows < Rows || _lengths.Take(Rows).Any(length => length > capacity))
        {
            throw new InvalidOperationException(
                $"a KV cache of {maxRows} rows of {capacity} tokens has no room for its {Rows} sequences");
        }

        using var mode = no_grad();
        foreach (var slabs in (Tensor[][])[_keys, _values])
        {
            for (var layer = 0; layer < slabs.Length; layer++)
            {
                using var scope = NewDisposeScope();
                var old = slabs[layer];
                var kept = Math.Min(capacity, old.size(2));
                var fresh = zeros([maxRows, old.size(1), capacity, old.size(3)], dtype: old.dtype, device: old.device);
                fresh.narrow(0, 0, Rows).narrow(2, 0, kept).copy_(old.narrow(0, 0, Rows).narrow(2, 0, kept));
                slabs[layer] = fresh.DetachFromDisposeScope();
                old.Dispose();
            }
        }

        Array.Resize(ref _lengths, maxRows);
        Array.Resize(ref _shifts, maxRows);
        MaxRows = maxRows;
        Capacity = capacity;
    }

    /// <summary>Forgets all sequences and keeps the memory.</summary>
    public void Clear() => Rows = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slab in _keys.Concat(_values))
        {
            slab.Dispose();
        }
    }

    internal (Tensor Keys, Tensor Values) Layer(int index) => (_keys[index], _values[index]);

    /// <summary>Takes rows for prompts, each held by <paramref name="copies"/> consecutive rows.</summary>
    internal int Append(ReadOnlySpan<int> lengths, int copies)
    {
        var first = Rows;
        if (first + (lengths.Length * copies) > MaxRows)
        {
            throw new InvalidOperationException(
                $"KV cache holds {first} of {MaxRows} rows; {lengths.Length} prompts x {copies} samples do not fit");
        }

        foreach (var length in lengths)
        {
            if (length < 1 || length > Capacity)
            {
                throw new InvalidOperationException(
                    $"a prompt of {length} tokens does not fit a KV cache of {Capacity} tokens per row");
            }

            for (var copy = 0; copy < copies; copy++)
            {
                _shifts[Rows] = 0;
                _lengths[Rows++] = length;
            }
        }

        return first;
    }

    /// <summary>Takes rows for a sequence that another cache holds in its first row, and copies it.</summary>
    internal void CopyIn(KvCache source, int copies)
    {
        var length = source._lengths[0];
        var first = Append([length], copies);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        for (var layer = 0; layer < _keys.Length; layer++)
        {
            Put(_keys[layer], source._keys[layer]);
            Put(_values[layer], source._values[layer]);
        }

        void Put(Tensor slab, Tensor held) =>
            slab.narrow(0, first, copies).narrow(2, 0, length).copy_(held.narrow(0, 0, 1).narrow(2, 0, length));
    }

    /// <summary>Has the first row hold a number of tokens: those that are there, or were put there.</summary>
    internal void Keep(int tokens)
    {
        Rows = Math.Max(Rows, 1);
        _lengths[0] = tokens;
    }

    /// <summary>Stores one layer's keys and values (prompts, T, K, D) of rows taken by <see cref="Append"/>.</summary>
    internal void Store(int layer, int firstRow, int copies, Tensor keys, Tensor values)
    {
        using var scope = NewDisposeScope();
        Put(_keys[layer], keys);
        Put(_values[layer], values);

        void Put(Tensor slab, Tensor content)
        {
            var (prompts, tokens, heads, size) = (content.size(0), content.size(1), content.size(2), content.size(3));
            slab.narrow(0, firstRow, prompts * copies).narrow(2, 0, tokens).view(prompts, copies, heads, tokens, size)
                .copy_(content.transpose(1, 2).unsqueeze(1));
        }
    }

    /// <summary>
    /// Sets per prompt how far the positions of later tokens lie from their numbers, for rows taken by
    /// <see cref="Append"/>.
    /// </summary>
    internal void Shift(int firstRow, int copies, int[] shifts)
    {
        for (var i = 0; i < shifts.Length * copies; i++)
        {
            _shifts[firstRow + i] = shifts[i / copies];
        }
    }

    /// <summary>How far the positions of a row's later tokens lie from their numbers.</summary>
    internal int ShiftOf(int row) => _shifts[row];

    /// <summary>Rotary position of each row's next token.</summary>
    internal long[] NextPositions() =>
        [.. Enumerable.Range(0, Rows).Select(row => (long)(_lengths[row] + _shifts[row]))];

    /// <summary>Counts one more token in every row.</summary>
    internal void Advance()
    {
        for (var row = 0; row < Rows; row++)
        {
            _lengths[row]++;
        }
    }

    internal void CheckRoomForOne()
    {
        for (var row = 0; row < Rows; row++)
        {
            if (_lengths[row] >= Capacity)
            {
                throw new InvalidOperationException(
                    $"KV cache row {row} is full: {_lengths[row]} of {Capacity} tokens");
            }
        }
    }
}
