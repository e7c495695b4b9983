namespace R1Reward.Actors.Hosting;

/// <summary>How the program says to scripts and supervisors why it ended.</summary>
public static class ExitCode
{
    /// <summary>Done, or stopped on request.</summary>
    public const int Done = 0;

    /// <summary>A mistake that the user can correct.</summary>
    public const int UserError = 2;

    /// <summary>The cluster downed this node, or its coordinator was replaced.</summary>
    public const int Downed = 3;

    /// <summary>The cluster could not be joined.</summary>
    public const int NotJoined = 4;

    /// <summary>The program found that something it relies on does not hold: a defect.</summary>
    public const int Broken = 5;
}
