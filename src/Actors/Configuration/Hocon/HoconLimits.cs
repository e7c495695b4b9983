namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>
/// Bounds of what a configuration may be, so that no file makes the program hang or run out of stack.
/// </summary>
internal static class HoconLimits
{
    /// <summary>How many bytes one configuration file may have.</summary>
    public const long FileBytes = 16 << 20;

    /// <summary>Blocks and lists within each other, parts of a key, and substitutions in a chain.</summary>
    public const int Depth = 64;

    /// <summary>Files that include each other in a chain.</summary>
    public const int IncludeDepth = 16;

    /// <summary>Files that one configuration includes, counted as often as they are.</summary>
    public const int Includes = 1000;

    /// <summary>Values, and characters of their texts, after substitutions.</summary>
    public const long Size = 2 << 20;
}
