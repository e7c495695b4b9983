namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Where a part of a configuration is written.</summary>
/// <param name="File">File name as messages show it, or a word such as <c>command line</c>.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
internal readonly record struct HoconPlace(string File, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
