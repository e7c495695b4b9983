namespace R1Reward.Cli.Tests.Documentation;

/// <summary>How a command is checked.</summary>
internal abstract record CommandCheck
{
    /// <summary>Run in the test's folder.</summary>
    /// <param name="More">What makes it short.</param>
    internal sealed record Run(params string[] More) : CommandCheck;

    /// <summary>A training run on the smallest model there is.</summary>
    /// <param name="More">What makes it tiny beside the usual settings.</param>
    internal sealed record TinyRun(params string[] More) : CommandCheck;

    /// <summary>Run in the test's folder beside the judge server of this program, which it is told to ask.</summary>
    internal sealed record Taught : CommandCheck;

    /// <summary>Parsed, with its configuration and keys, but not run.</summary>
    internal sealed record Parsed(string Reason) : CommandCheck;

    /// <summary>Not a whole command: what it names exists.</summary>
    internal sealed record Fragment(string Reason) : CommandCheck;

    /// <summary>A server that is started on a free port, asked, and stopped.</summary>
    /// <param name="Path">What is asked for.</param>
    internal sealed record Served(string Path) : CommandCheck;

    /// <summary>Run by bash in the test's folder.</summary>
    internal sealed record Shell : CommandCheck;

    /// <summary>A script or project that is there, but is not run.</summary>
    internal sealed record Script(string File, string Reason) : CommandCheck;
}
