using System.IO.Enumeration;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests;

/// <summary>The cases of the fixtures folder: one JSON or JSON-lines file each.</summary>
internal static class ReferenceCases
{
    /// <summary>Folders whose files are cases; the others hold what cases refer to.</summary>
    internal static readonly string[] Sections =
        ["tokenizer", "chat", "language-models", "vision-audio", "rl-and-rewards"];

    /// <summary>Names of a section's cases, subfolders included (<c>qwen2-vl-tiny/one-image</c>), in order.</summary>
    internal static IEnumerable<string> In(string section)
    {
        var folder = Fixtures.Path(section);
        return !Directory.Exists(folder)
            ? []
            : Directory.EnumerateFiles(folder, "*.json*", SearchOption.AllDirectories)
                .Select(path => Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/'))
                .Where(name => name != "about" && !name.StartsWith("handlers/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
    }

    /// <summary>Whether one of the patterns names a case.</summary>
    internal static bool Matches(string name, IEnumerable<string> patterns) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
}
