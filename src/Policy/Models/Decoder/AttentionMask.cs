using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>Which keys each query of one forward pass sees: made once, read by every layer.</summary>
/// <param name="WholeBTT">
/// For layers that see everything before: 0 where visible, minus infinity elsewhere, (B or 1, T, T); null where the
/// causal triangle is all, which the kernel knows without a mask.
/// </param>
/// <param name="WindowedBTT">
/// The same for windowed layers; <paramref name="WholeBTT"/> where there are none or the window is longer than the
/// rows.
/// </param>
internal readonly record struct AttentionMask(Tensor? WholeBTT, Tensor? WindowedBTT)
{
    /// <summary>
    /// Rows padded on the right: what a real token sees lies before it, so the causal triangle is all that is needed.
    /// </summary>
    internal static AttentionMask Causal(long tokens, int? window, Device device, ScalarType dtype) =>
        new(null, window < tokens ? Triangle(tokens, window, device, dtype) : null);

    /// <summary>
    /// Any padding: <paramref name="realBT"/> is 1 at real tokens, which lie side by side in each row, so that a window
    /// counts real tokens. A padding position sees itself, so that no row is empty.
    /// </summary>
    internal static AttentionMask Padded(Tensor realBT, int? window, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var tokens = realBT.size(1);
        var itself = eye(tokens, dtype: ScalarType.Bool, device: realBT.device);
        var hidden = realBT.eq(Kept(0)).unsqueeze(1) & itself.logical_not();
        Tensor Masked(int? seen) =>
            Triangle(tokens, seen, realBT.device, dtype)
                .expand(realBT.size(0), tokens, tokens)
                .masked_fill(hidden, Kept(double.NegativeInfinity)).MoveToOuterDisposeScope();
        var whole = Masked(null);
        return new(whole, window < tokens ? Masked(window) : whole);
    }

    /// <summary>
    /// Rows padded on the right that go on after tokens which all of them share: each sees those and what lies before
    /// it, (1, T, before + T).
    /// </summary>
    internal static AttentionMask After(int before, long tokens, int? window, Device device, ScalarType dtype)
    {
        var whole = Triangle(tokens, null, device, dtype, before);
        return new(whole, window < before + tokens ? Triangle(tokens, window, device, dtype, before) : whole);
    }

    /// <summary>
    /// Rows padded on the right that hold several texts: a token sees those before it that belong to its own text, or
    /// to all (number 0). A window counts positions.
    /// </summary>
    internal static AttentionMask Packed(Tensor textsBT, Tensor positionsBT, int? window, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (rows, tokens) = (textsBT.size(0), textsBT.size(1));
        var ofKey = textsBT.unsqueeze(1);
        var hidden = ofKey.ne(Kept(0)) & ofKey.ne(textsBT.unsqueeze(2));
        Tensor Masked(Tensor unseen) => Triangle(tokens, null, textsBT.device, dtype)
            .expand(rows, tokens, tokens)
            .masked_fill(unseen, Kept(double.NegativeInfinity)).MoveToOuterDisposeScope();
        var whole = Masked(hidden);
        if (window is not { } seen || seen >= tokens)
        {
            return new(whole, whole);
        }

        var far = (positionsBT.unsqueeze(2) - positionsBT.unsqueeze(1)).ge(Kept(seen));
        return new(whole, Masked(hidden | far));
    }

    private static Tensor Triangle(long tokens, int? window, Device device, ScalarType dtype, int before = 0)
    {
        using var scope = NewDisposeScope();
        Tensor Hidden() => full([tokens, before + tokens], Kept(double.NegativeInfinity), dtype: dtype, device: device);
        var after = Hidden().triu_(before + 1);
        return (window is { } seen ? after.Plus(Hidden().tril_(before - seen)) : after)
            .unsqueeze(0).MoveToOuterDisposeScope();
    }
}
