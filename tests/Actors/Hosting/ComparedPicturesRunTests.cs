using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Data.Media.Png;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Every stage learns from sets of compared pictures that a dataset address mixes.</summary>
public sealed class ComparedPicturesRunTests : IDisposable
{
    private const int Side = 56;

    private static readonly string[] _tower =
    [
        "r1reward.model.init.vision.enabled=on", "r1reward.model.init.vision.width=16",
        "r1reward.model.init.vision.heads=2", "r1reward.model.init.vision.intermediate-size=16",
        "r1reward.data.source=file", "r1reward.data.heldout-share=0.25",
    ];

    private readonly TempFolder _folder = new();

    public ComparedPicturesRunTests()
    {
        foreach (var i in Enumerable.Range(0, 8))
        {
            byte[] rgb = [.. Enumerable.Repeat((byte)(30 * i), 3 * Side * Side)];
            File.WriteAllBytes(_folder.At($"{i}.png"), PngWriter.Encode(rgb, Side, Side));
        }

        var compared = Enumerable.Range(0, 7).Select(i =>
            $$"""{"prompt":"grey {{i}}","path1":"{{i}}.png","path2":"{{i + 1}}.png"}""");
        const string labels = """ "preference":"A","alignment":"B" """;
        var lines = Enumerable.Range(0, 7).Select(i =>
            $$"""{"prompt":"dark {{i}}","image_0":"{{i}}.png","image_1":"{{i + 1}}.png",{{labels}}}""");
        _folder.Write("train.json", $"[{string.Join(',', compared)}]");
        _folder.Write("lines.jsonl", string.Join('\n', lines));
    }

    private string Train =>
        $"r1reward.data.train=hpdv3:{_folder.At("train.json")},media-pairs:{_folder.At("lines.jsonl")}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_judge_is_taught_and_trained_by_reinforcement_on_compared_pictures()
    {
        var folder = new RunFolder(_folder.At("runs", "tiny"));
        var configuration = TinyRun.Configuration(
            _folder.At("runs"), 1, [.. _tower, Train, "r1reward.sft.missing-judgment=answer"]);

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        var traces = JsonLines.Read(folder.Traces).ToList();
        Assert.NotEmpty(traces);
        Assert.All(traces, trace => Assert.Equal(2, trace["media"]!.Count()));
        var phases = JsonLines.Read(folder.Metrics).Select(line => (string)line["phase"]!).Distinct();
        Assert.Superset(new HashSet<string> { "sft", "rl" }, phases.ToHashSet());
        Assert.Equal(0, RunSummary.Read(folder.Summary)!.Evaluations["rl"].LeftOut);
    }

    [Fact]
    public async Task A_scalar_model_learns_a_head_for_each_label_from_compared_pictures()
    {
        var folder = new RunFolder(_folder.At("runs", "tiny"));
        var configuration = TinyRun.Configuration(
            _folder.At("runs"),
            0,
            [
                .. _tower, Train, "r1reward.sft.enabled=off", "r1reward.srm.enabled=on", "r1reward.srm.steps=2",
                "r1reward.srm.batch-size=8", "r1reward.srm.heads=[preference, alignment]", "r1reward.eval.pairs=0",
            ]);

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        Assert.Equal(2, JsonLines.Read(folder.Metrics).Count(line => (string?)line["phase"] == "srm"));
        var found = RunSummary.Read(folder.Summary)!.Evaluations["srm"];
        Assert.Equal(0, found.LeftOut);
        Assert.True(found.Pairs > 0);
    }
}
