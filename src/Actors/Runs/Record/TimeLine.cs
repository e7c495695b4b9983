using Newtonsoft.Json;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs.Record;

/// <summary>Which worker had which item when, for people to look at.</summary>
public static class TimeLine
{
    // More updates leave nothing to see of each.
    private const int PicturedUpdates = 3;

    /// <summary>
    /// Writes a run's time line into its folder: <c>timeline.json</c>, which browsers show (chrome://tracing,
    /// ui.perfetto.dev), and <c>timeline.svg</c>, a picture of the last updates.
    /// </summary>
    /// <returns>The files.</returns>
    /// <exception cref="UserErrorException">The run has recorded none.</exception>
    public static IReadOnlyList<string> Write(RunFolder folder)
    {
        var spans = JsonLines.Read(folder.Timeline).Select(WorkSpan.Read).ToList();
        if (spans.Count == 0)
        {
            throw new UserErrorException(
                $"{folder.Timeline}: no work is recorded there. A run writes it with every update; one of an earlier "
                + "release has none.");
        }

        var trace = Path.ChangeExtension(folder.Timeline, "json");
        AtomicFile.Write(trace, ChromeTrace.Write(spans).ToString(Formatting.None));

        var last = spans.Max(span => span.Work.Batch.Step);
        var pictured = last == 0
            ? spans
            : [.. spans.Where(span => span.Work.Batch.Step > Math.Max(0, last - PicturedUpdates))];
        var picture = Path.ChangeExtension(folder.Timeline, "svg");
        AtomicFile.Write(picture, TimeLinePicture.Write(pictured));
        return [trace, picture];
    }
}
