using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Actors.Tests.Coordination;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Record;

public sealed class TimeLineTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _temp = new();
    private readonly RunFolder _folder;

    public TimeLineTests() => _folder = new RunFolder(_temp.At("run"));

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Spans_are_on_disk_with_the_judgments_of_their_batch_and_go_with_them()
    {
        using (var recorder = Open())
        {
            recorder.Span(Rollout(step: 1, prompt: 0, 0, 2));
            Assert.Empty(Works());
            recorder.Traces(BatchId.ForStep(1), 1, []);
            recorder.Span(Rollout(step: 2, prompt: 0, 2, 3));
            recorder.Finish();
            Assert.Equal(["step-1/rollout/0", "step-2/rollout/0"], Works());
        }

        using var next = Open();
        next.CutTo(MachineRun.ProgressAt(1));

        Assert.Equal(["step-1/rollout/0"], Works());
    }

    [Fact]
    public void What_a_worker_has_at_once_stands_in_rows_of_its_process()
    {
        Record(Rollout(1, 0, 0, 2), Rollout(1, 1, 1, 3), Rollout(1, 2, 2, 4), Learn(1, 4, 5.5));

        var trace = JObject.Parse(File.ReadAllText(TimeLine.Write(_folder)[0]));

        var events = trace["traceEvents"]!.Where(one => (string?)one["ph"] == "X").ToList();
        Assert.Equal([1, 2, 1, 1], events.Select(one => (int)one["tid"]!));
        Assert.Equal([1, 1, 1, 2], events.Select(one => (int)one["pid"]!));
        Assert.Equal((4e6, 1.5e6), ((double)events[^1]["ts"]!, (double)events[^1]["dur"]!));
        Assert.Equal(("step-1/learn", "learn"), ((string?)events[^1]["name"], (string?)events[^1]["cat"]));
        var names = trace["traceEvents"]!.Where(one => (string?)one["ph"] == "M").Select(one => one["args"]!["name"]);
        Assert.Equal(["rollout@host", "learner@host"], names.Select(name => (string?)name));
    }

    [Fact]
    public void The_picture_has_the_last_three_updates_as_high_as_their_items()
    {
        Record(Rollout(1, 0, 0, 9), Rollout(2, 0, 9, 10), Rollout(2, 1, 9, 11), Learn(3, 11, 12), Learn(4, 12, 13));

        var picture = File.ReadAllText(TimeLine.Write(_folder)[1]);

        Assert.DoesNotContain("<title>step-1</title>", picture);
        Assert.Contains("<title>step-2</title>", picture);
        Assert.Contains("<title>step-4</title>", picture);
        Assert.Contains("at most 2 at once", picture);

        // Two items from the left edge, one of them until the middle of the four seconds.
        Assert.Contains("d=\"M150 50H150V16H335V33H520V50Z\"", picture);
    }

    [Fact]
    public void A_run_without_one_is_a_mistake_with_its_reason()
    {
        var mistake = Assert.Throws<UserErrorException>(() => TimeLine.Write(_folder));

        Assert.Contains("timeline.jsonl: no work is recorded there", mistake.Message);
    }

    private static WorkSpan Rollout(int step, int prompt, double from, double to) => new(
        WorkId.Rollout(BatchId.ForStep(step), prompt), "rollout@host", Start.AddSeconds(from), Start.AddSeconds(to));

    private static WorkSpan Learn(int step, double from, double to) => new(
        WorkId.Learn(BatchId.ForStep(step)), "learner@host", Start.AddSeconds(from), Start.AddSeconds(to));

    private void Record(params WorkSpan[] spans)
    {
        using var recorder = Open();
        Array.ForEach(spans, recorder.Span);
        recorder.Finish();
    }

    private RunRecorder Open() => new(_folder, "run", 1, new ManualTime());

    private IEnumerable<string?> Works() => JsonLines.Read(_folder.Timeline).Select(line => (string?)line["work"]);
}
