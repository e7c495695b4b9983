using System.Runtime.CompilerServices;
using R1Reward.Policy.Models.Kernels;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Attention of new tokens over one layer of the cache, float32 on the CPU. Libtorch would run it as one tiny matrix
/// product per row and head; here each token reads exactly what stands before it, without padding or mask, and its
/// result does not depend on what else is computed.
/// </summary>
internal readonly unsafe struct CpuAttention
{
    private readonly float* _keys;
    private readonly float* _values;
    private readonly int _shared;
    private readonly int _capacity;
    private readonly int _size;
    private readonly int _group;
    private readonly int _window;

    /// <param name="cache">The cache.</param>
    /// <param name="layer">Which of its layers.</param>
    /// <param name="heads">Number of query heads.</param>
    /// <param name="window">Keys that a query sees, itself included; null: all.</param>
    internal CpuAttention(KvCache cache, int layer, int heads, int? window)
    {
        var (keys, values) = cache.Layer(layer);
        _keys = CpuMatrix.Start(keys);
        _values = CpuMatrix.Start(values);
        _shared = (int)keys.size(1);
        _capacity = (int)keys.size(2);
        _size = (int)keys.size(3);
        _group = heads / _shared;
        _window = window ?? int.MaxValue;
    }

    /// <summary>Numbers of memory that the scores of a token at a place take.</summary>
    internal static int ScoreCount(int place) => 2 * HeadAttention.ScoreCount(place + 1);

    /// <summary>Whether a cache can be read so: float32 on the CPU, no slab beyond what a span can address.</summary>
    internal static bool Fits(KvCache cache) => CpuMatrix.Fits(cache.Layer(0).Keys);

    /// <summary>Keeps a token's key and value (K, D), the key rotated.</summary>
    internal void Store(int row, int place, float* keys, float* values)
    {
        for (var head = 0; head < _shared; head++)
        {
            var at = Slot(row, head) + ((long)place * _size);
            Unsafe.CopyBlock(_keys + at, keys + (head * _size), (uint)(_size * sizeof(float)));
            Unsafe.CopyBlock(_values + at, values + (head * _size), (uint)(_size * sizeof(float)));
        }
    }

    /// <summary>Attends with a token's queries (H, D) over what is kept of its row up to its place.</summary>
    /// <param name="row">The row of the cache.</param>
    /// <param name="place">How many tokens stand before it.</param>
    /// <param name="queries">Its queries, rotated.</param>
    /// <param name="output">Receives the attended values (H, D).</param>
    /// <param name="scores">Room for <see cref="ScoreCount"/> numbers.</param>
    internal void Attend(int row, int place, float* queries, float* output, float* scores)
    {
        var seen = Math.Min(place + 1, _window);
        for (var head = 0; head < _shared; head++)
        {
            var first = Slot(row, head) + ((long)(place + 1 - seen) * _size);
            var asked = head * _group * _size;
            HeadAttention.Attend(
                queries + asked,
                _group,
                _keys + first,
                _values + first,
                seen,
                _size,
                output + asked,
                scores,
                _keys + first + ((long)_capacity * _size));
        }
    }

    /// <summary>
    /// Attends for one new token of every row, with queries (R, H, D), keys and values (R, K, D), contiguous, at places
    /// (R). Gives (R, H*D).
    /// </summary>
    internal Tensor AttendAll(int[] places, Tensor queries, Tensor keys, Tensor values)
    {
        var own = this;
        var rows = places.Length;
        int narrow = _shared * _size, wide = _group * narrow;
        var result = empty([rows, wide], dtype: ScalarType.Float32, device: CPU);
        float* q = CpuMatrix.Start(queries), k = CpuMatrix.Start(keys), v = CpuMatrix.Start(values);
        var o = CpuMatrix.Start(result);
        var parts = Math.Clamp(get_num_threads(), 1, rows);
        Parallel.For(0, parts, part =>
        {
            var scores = new float[ScoreCount(places.Max())];
            fixed (float* start = scores)
            {
                for (var row = part * rows / parts; row < (part + 1) * rows / parts; row++)
                {
                    own.Store(row, places[row], k + (row * narrow), v + (row * narrow));
                    own.Attend(row, places[row], q + (row * wide), o + (row * wide), start);
                }
            }
        });
        return result;
    }

    private long Slot(int row, int head) => (((long)row * _shared) + head) * _capacity * _size;
}
