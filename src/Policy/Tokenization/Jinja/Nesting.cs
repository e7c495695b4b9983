using System.Runtime.CompilerServices;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Templates come with checkpoints: one that is nested without end must not exhaust the stack, which ends the process.
/// </summary>
internal static class Nesting
{
    /// <summary>Most levels of a printed value: the engine that templates are written for stops near it, too.</summary>
    private const int MaxDepth = 1000;

    /// <summary>Checks that a value is no deeper than any sensible one, however large the stack is.</summary>
    /// <exception cref="JinjaException">It is.</exception>
    public static void Guard(int depth)
    {
        Guard();
        if (depth > MaxDepth)
        {
            throw new JinjaException("nested too deeply");
        }
    }

    /// <summary>Checks that there is room for another level.</summary>
    /// <exception cref="JinjaException">There is none.</exception>
    public static void Guard()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException("nested too deeply");
        }
    }
}
