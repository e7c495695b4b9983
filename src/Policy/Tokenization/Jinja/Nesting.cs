using System.Runtime.CompilerServices;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Templates come with checkpoints: one that is nested without end must not exhaust the stack, which ends the process.
/// </summary>
internal static class Nesting
{
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
