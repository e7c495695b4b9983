using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Judges and scalar models learn from compared sounds, and from questions about one.</summary>
public sealed class ComparedSoundsRunTests : IDisposable
{
    private static readonly string[] _ears =
    [
        "r1reward.model.init.audio.enabled=on", "r1reward.model.init.audio.width=16",
        "r1reward.model.init.audio.heads=2", "r1reward.model.init.audio.intermediate-size=16",
        "r1reward.model.init.audio.layers=1", "r1reward.model.init.audio.seconds=1",
        "r1reward.data.source=file", "r1reward.data.heldout-share=0.25",
    ];

    private readonly TempFolder _folder = new();
    private readonly string _compared;

    public ComparedSoundsRunTests()
    {
        _compared = ComparedSounds.Write(_folder.Path, 7);
        var asked = Enumerable.Range(0, 7).Select(i =>
            $$"""{"question":"how high? {{i}}","response1":"x","response2":"y","label":"first","audio":"{{i}}.wav"}""");
        _folder.Write("asked.jsonl", string.Join('\n', asked));
    }

    private string Train =>
        $"r1reward.data.train=media-pairs:{_compared},pairs:{_folder.At("asked.jsonl")}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_judge_is_taught_and_trained_by_reinforcement_on_sounds()
    {
        var folder = new RunFolder(_folder.At("runs", "tiny"));
        var configuration = TinyRun.Configuration(
            _folder.At("runs"), 1, [.. _ears, Train, "r1reward.sft.missing-judgment=answer"]);

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        var phases = JsonLines.Read(folder.Metrics).Select(line => (string)line["phase"]!).Distinct();
        Assert.Superset(new HashSet<string> { "sft", "rl" }, phases.ToHashSet());
        Assert.Equal(0, RunSummary.Read(folder.Summary)!.Evaluations["rl"].LeftOut);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public async Task A_scalar_model_learns_from_sounds_by_the_published_recipe(string lora)
    {
        var folder = new RunFolder(_folder.At("runs", "tiny"));
        var configuration = TinyRun.Configuration(
            _folder.At("runs"),
            0,
            [
                .. _ears, Train, "r1reward.sft.enabled=off", "r1reward.srm.enabled=on", "r1reward.srm.steps=2",
                "r1reward.srm.batch-size=4", "r1reward.srm.probing-rule=published", "r1reward.srm.scale=on",
                "r1reward.srm.gradient-checkpointing=on", "r1reward.eval.pairs=0",
                $"r1reward.model.lora.enabled={lora}", "r1reward.model.lora.rank=2",
            ]);

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        Assert.Equal(2, JsonLines.Read(folder.Metrics).Count(line => (string?)line["phase"] == "srm"));
        var found = RunSummary.Read(folder.Summary)!.Evaluations["srm"];
        Assert.Equal(0, found.LeftOut);
        Assert.True(found.Pairs > 0);
    }
}
