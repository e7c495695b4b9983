using R1Reward.Policy.Models.Decoder;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// Keys and values of one sequence, computed some tokens at a time. The sequence after it keeps what both begin with,
/// so that an instruction which all prompts begin with is computed once. For models whose passes run by this program's
/// kernels (<see cref="CausalLM.HasKernels"/>), which give a token the same bits however many are computed with it.
/// </summary>
/// <param name="model">The model; after a change of its weights, <see cref="Clear"/> has to be called.</param>
public sealed class PromptRow(CausalLM model) : IDisposable
{
    // The states of more tokens than this would leave the processor's cache.
    private const int TokensAtATime = 256;

    // The row grows in steps, so that it is not copied for each slightly longer sequence.
    private const int LengthStep = 256;

    private readonly KvCache _cache = new(model.Config, 1, 0, model.Device, model.Dtype);
    private readonly List<int> _tokens = [];

    /// <summary>Bytes allocated for keys and values.</summary>
    public long AllocatedBytes => _cache.AllocatedBytes;

    /// <summary>How many tokens of the sequence are still to be computed.</summary>
    public int Missing => _tokens.Count - Held;

    private int Held => _cache.Rows == 0 ? 0 : _cache.Lengths[0];

    /// <summary>Begins a sequence; what the one before it shares with its beginning is kept.</summary>
    /// <param name="tokens">Its token ids.</param>
    /// <param name="needed">The first place whose states are wanted: it is computed in any case.</param>
    public void Begin(ReadOnlySpan<int> tokens, int needed)
    {
        var kept = 0;
        for (var most = Math.Min(Math.Min(needed, tokens.Length), Held); kept < most && tokens[kept] == _tokens[kept];)
        {
            kept++;
        }

        _tokens.Clear();
        _tokens.AddRange(tokens);
        _cache.Keep(kept);
        if (tokens.Length > _cache.Capacity)
        {
            _cache.Resize(1, (tokens.Length + LengthStep - 1) / LengthStep * LengthStep);
        }
    }

    /// <summary>Computes the next tokens.</summary>
    /// <param name="atMost">How many; fewer where fewer are missing, or at a time.</param>
    /// <returns>Their final-norm states (T, C), in order.</returns>
    public Tensor GoOn(int atMost)
    {
        var count = Math.Min(Math.Min(atMost, Missing), TokensAtATime);
        Span<long> ids = stackalloc long[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = _tokens[Held + i];
        }

        using var mode = inference_mode();
        var states = model.Trunk.GoOn(ids, _cache);
        _cache.Keep(Held + count);
        return states;
    }

    /// <summary>Copies the whole sequence to consecutive rows at the end of a cache.</summary>
    public void CopyTo(KvCache cache, int copies) => cache.CopyIn(_cache, copies);

    /// <summary>Forgets the sequence and keeps the memory.</summary>
    public void Clear()
    {
        _tokens.Clear();
        _cache.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();
}
