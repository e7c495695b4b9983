namespace R1Reward.Actors.Hosting;

/// <summary>Exit codes of the program.</summary>
public static class ExitCode
{
    /// <summary>Done, or stopped on request.</summary>
    public const int Done = 0;

    /// <summary>A mistake that the user can mend.</summary>
    public const int UserError = 2;

    /// <summary>The cluster downed this node, or its coordinator was replaced.</summary>
    public const int Downed = 3;

    /// <summary>The cluster could not be joined.</summary>
    public const int NotJoined = 4;

    /// <summary>A broken invariant.</summary>
    public const int Broken = 5;
}
