using System.Text.RegularExpressions;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Protocol;

/// <summary>docs/protocol.md has what the wire and the journal have.</summary>
public sealed partial class ProtocolPageTests
{
    private static string Page { get; } =
        File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "protocol.md"));

    [Fact]
    public void The_page_has_every_message_under_its_name_on_the_wire_and_no_other() => Assert.Equal(
        WireTypes.Messages.Select(type => $"{WireTypes.ManifestOf(type)} {type.Name}").Order(),
        Messages().Matches(Page).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}").Order());

    [Fact]
    public void The_page_has_every_kind_of_work_and_result_and_no_other() => Assert.Equal(
        WireTypes.Payloads.Select(payload => $"{payload.Key} {payload.Value.Name}").Order(),
        Payloads().Matches(Page).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}").Order());

    [Fact]
    public void The_page_has_every_line_of_the_journal_and_no_other() => Assert.Equal(
        Enum.GetNames<JournalKind>().Order(),
        Lines().Matches(Page[Page.IndexOf("## Files", StringComparison.Ordinal)..])
            .Select(match => match.Groups[1].Value)
            .Order());

    [GeneratedRegex(@"^- `([a-z-]+\.[0-9]+)` `(\w+)`[: ]", RegexOptions.Multiline)]
    private static partial Regex Messages();

    [GeneratedRegex(@"^- `([a-z-]+)` `(\w+)`,", RegexOptions.Multiline)]
    private static partial Regex Payloads();

    [GeneratedRegex(@"^- `(\w+)`:", RegexOptions.Multiline)]
    private static partial Regex Lines();
}
