using System.Runtime.CompilerServices;
using R1Reward.Policy.Models.Kernels;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Attention of one new token per sequence over one layer of the cache, float32 on the CPU. Libtorch would run it as
/// one tiny matrix product per row and head; here each row reads exactly its own length, without padding or mask, and a
/// row's result does not depend on its neighbours.
/// </summary>
internal sealed unsafe class CpuAttention
{
    private readonly float* _keys;
    private readonly float* _values;
    private readonly int[] _lengths;
    private readonly int _shared;
    private readonly int _capacity;
    private readonly int _size;
    private readonly int _group;
    private readonly int _window;

    /// <param name="cache">The cache; a row's new token comes after the tokens it holds.</param>
    /// <param name="layer">Which of its layers.</param>
    /// <param name="heads">Number of query heads.</param>
    /// <param name="window">Keys that a query sees, itself included; null: all.</param>
    internal CpuAttention(KvCache cache, int layer, int heads, int? window)
    {
        var (keys, values) = cache.Layer(layer);
        _keys = CpuMatrix.Start(keys);
        _values = CpuMatrix.Start(values);
        _lengths = cache.Lengths.ToArray();
        _shared = (int)keys.size(1);
        _capacity = (int)keys.size(2);
        _size = (int)keys.size(3);
        _group = heads / _shared;
        _window = window ?? int.MaxValue;
    }

    /// <summary>Numbers of memory that the scores of one row take.</summary>
    internal int ScoreCount => 2 * HeadAttention.ScoreCount(_lengths.Max() + 1);

    /// <summary>Whether a cache can be read so: float32 on the CPU, no slab beyond what a span can address.</summary>
    internal static bool Fits(KvCache cache) => CpuMatrix.Fits(cache.Layer(0).Keys);

    /// <summary>Stores a row's new key and value (K, D) and attends with its queries (H, D).</summary>
    /// <param name="row">The row of the cache.</param>
    /// <param name="queries">Its queries, rotated.</param>
    /// <param name="keys">Its keys, rotated.</param>
    /// <param name="values">Its values.</param>
    /// <param name="output">Receives the attended values (H, D).</param>
    /// <param name="scores">Room for <see cref="ScoreCount"/> numbers.</param>
    internal void Attend(int row, float* queries, float* keys, float* values, float* output, float* scores)
    {
        var length = _lengths[row] + 1;
        var seen = Math.Min(length, _window);
        for (var head = 0; head < _shared; head++)
        {
            var slot = (((long)row * _shared) + head) * _capacity * _size;
            var fresh = slot + ((long)(length - 1) * _size);
            Unsafe.CopyBlock(_keys + fresh, keys + (head * _size), (uint)(_size * sizeof(float)));
            Unsafe.CopyBlock(_values + fresh, values + (head * _size), (uint)(_size * sizeof(float)));
            var first = slot + ((long)(length - seen) * _size);
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
    /// Attends for all rows, with queries (R, H, D), keys and values (R, K, D), contiguous. Gives (R, H*D).
    /// </summary>
    internal Tensor AttendAll(Tensor queries, Tensor keys, Tensor values)
    {
        var rows = _lengths.Length;
        var width = _shared * _group * _size;
        var result = empty([rows, width], dtype: ScalarType.Float32, device: CPU);
        float* q = CpuMatrix.Start(queries), k = CpuMatrix.Start(keys), v = CpuMatrix.Start(values);
        var o = CpuMatrix.Start(result);
        var parts = Math.Clamp(get_num_threads(), 1, rows);
        Parallel.For(0, parts, part =>
        {
            var scores = new float[ScoreCount];
            fixed (float* start = scores)
            {
                for (var row = part * rows / parts; row < (part + 1) * rows / parts; row++)
                {
                    var own = row * _shared * _size;
                    Attend(row, q + (row * width), k + own, v + own, o + (row * width), start);
                }
            }
        });
        return result;
    }
}
