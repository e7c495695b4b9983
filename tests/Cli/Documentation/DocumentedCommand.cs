using System.Text;
using System.Text.RegularExpressions;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Documentation;

/// <summary>A command that README.md or a page of docs/ tells people to run.</summary>
/// <param name="Page">The page.</param>
/// <param name="Text">The command as it stands there, without its comment; it may have several lines.</param>
/// <param name="Reply">What stands below it in its block, up to the next command.</param>
internal sealed partial record DocumentedCommand(string Page, string Text, string Reply)
{
    /// <summary>Whether it asks a server of this page; a shortened one (<c>curl ...</c>) asks nobody.</summary>
    public bool IsRequest => Text.StartsWith("curl http", StringComparison.Ordinal);

    /// <summary>All of them, those of blocks first, each once.</summary>
    public static IReadOnlyList<DocumentedCommand> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "docs"), "*.md")
            .Order(StringComparer.Ordinal)
            .Prepend(Path.Combine(Fixtures.Repository, "README.md"))
            .SelectMany(file => On(Path.GetRelativePath(Fixtures.Repository, file), File.ReadAllText(file)))
            .DistinctBy(command => command.Text),
    ];

    /// <summary>The commands of a page.</summary>
    public static IEnumerable<DocumentedCommand> On(string page, string text)
    {
        var blocks = Block().Matches(text).SelectMany(block => InBlock(page, block.Groups[1].Value));
        var prose = Block().Replace(text, "");
        return blocks.Concat(Code().Matches(prose)
            .Select(code => code.Groups[1].Value)
            .Where(code => Begin().IsMatch(code))
            .Select(code => new DocumentedCommand(page, code, "")));
    }

    /// <summary>The words of the command as a shell splits them; no escapes, variables or patterns.</summary>
    public static IReadOnlyList<string> Words(string command)
    {
        var words = new List<string>();
        foreach (Match match in Word().Matches(command))
        {
            words.Add(Quoted().Replace(match.Value, quoted => quoted.Value[1..^1]));
        }

        return words;
    }

    private static IEnumerable<DocumentedCommand> InBlock(string page, string block)
    {
        var lines = block.Split('\n');
        for (var i = 0; i < lines.Length;)
        {
            if (!Begin().IsMatch(lines[i]))
            {
                i++;
                continue;
            }

            var command = new StringBuilder(lines[i++]);
            while (command.ToString().Count(letter => letter == '\'') % 2 == 1)
            {
                command.Append('\n').Append(lines[i++]);
            }

            while (command[^1] == '\\')
            {
                command.Length--;
                command.Append(lines[i++].TrimStart());
            }

            var reply = lines.Skip(i).TakeWhile(line => !Begin().IsMatch(line));
            yield return new DocumentedCommand(
                page, Comment().Replace(command.ToString(), ""), string.Join('\n', reply).Trim());
        }
    }

    [GeneratedRegex("^```\\w*\\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("`([^`\\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^((\./r1|r1reward|dotnet|curl|printf|R1_[A-Z]+=\S+) \S|bench/\w+/(run|pipeline|cluster)( |$))")]
    private static partial Regex Begin();

    [GeneratedRegex(" +# [^'\"]*$")]
    private static partial Regex Comment();

    [GeneratedRegex("""(?:[^\s'"]+|'[^']*'|"[^"]*")+""")]
    private static partial Regex Word();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"")]
    private static partial Regex Quoted();
}
