namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Bounds what one rendering may cost, so that a template that comes with a checkpoint cannot hold a process or take
/// its memory. A count and no clock: the same template ends at the same place on every machine.
/// </summary>
/// <remarks>
/// Counted per thread while a template is carried out, since the values and the functions on them know of no rendering.
/// </remarks>
internal static class Effort
{
    /// <summary>What an expression, a statement or a turn of a loop costs.</summary>
    public const int Step = 16;

    /// <summary>What a character costs that becomes a value of its own; in a longer text it costs 1.</summary>
    public const int Item = 4;

    // Some four million steps, or 128 MiB of text: about a second, and far from what a conversation takes.
    private const long Most = 1L << 26;

    // Null while no template is carried out.
    [ThreadStatic]
    private static long? _left;

    /// <summary>Carries out a rendering within the bound.</summary>
    public static MarkedText Bounded(Func<MarkedText> rendering)
    {
        _left = Most;
        try
        {
            return rendering();
        }
        finally
        {
            _left = null;
        }
    }

    /// <summary>Counts what is about to be done: steps, or characters that are made.</summary>
    /// <exception cref="JinjaException">The rendering has no more left.</exception>
    public static void Spend(Int128 amount)
    {
        if (amount > _left)
        {
            throw new JinjaException("it runs without end, or makes more text than any conversation has");
        }

        _left -= (long)amount;
    }
}
