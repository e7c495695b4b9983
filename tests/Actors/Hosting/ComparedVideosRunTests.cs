using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Heads;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>A small Qwen3-VL learns from compared videos, as a scalar model and as a judge.</summary>
public sealed class ComparedVideosRunTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string[] _settings;

    public ComparedVideosRunTests()
    {
        var rows = ComparedVideos.Write(_folder.At("videos"), 6);
        _settings =
        [
            "r1reward.model.init.vision.enabled=on", "r1reward.model.init.vision.family=qwen3_vl",
            "r1reward.model.init.vision.width=16", "r1reward.model.init.vision.heads=2",
            "r1reward.model.init.vision.layers=3", "r1reward.model.init.vision.intermediate-size=16",
            "r1reward.model.init.layers=3", "r1reward.data.source=file", "r1reward.data.heldout-share=0.25",
            $"r1reward.data.train=media-pairs:{rows}",
        ];
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Heads on the last layer but one, and on states that come before features of inner blocks.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_scalar_model_learns_a_head_for_each_aspect_and_its_folder_scores(int layer)
    {
        var folder = new RunFolder(_folder.At("runs", "tiny"));
        var configuration = TinyRun.Configuration(
            _folder.At("runs"),
            0,
            [
                .. _settings, "r1reward.sft.enabled=off", "r1reward.srm.enabled=on", "r1reward.srm.steps=2",
                "r1reward.srm.batch-size=4", "r1reward.srm.heads=[preference, coherence, alignment]",
                "r1reward.srm.probing-rule=published", $"r1reward.srm.probing-layer={layer}",
                "r1reward.srm.gradient-checkpointing=on", "r1reward.eval.pairs=0",
            ]);

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        Assert.Equal(2, JsonLines.Read(folder.Metrics).Count(line => (string?)line["phase"] == "srm"));
        var found = RunSummary.Read(folder.Summary)!.Evaluations["srm"];
        Assert.Equal(0, found.LeftOut);
        Assert.True(found.Pairs > 0);
        using var model = ScalarFolder.Load(folder.Absolute(RunFolder.Scalar), CPU, ScalarType.Float32);
        Assert.Equal("qwen3_vl", model.Backbone.Config.Vision!.Family.ModelType);
        Assert.Equal(3, model.Heads.Config.Heads.Count);
    }

    [Fact]
    public async Task A_judge_is_taught_answers_and_leaves_a_folder_that_transformers_names_so()
    {
        var folder = new RunFolder(_folder.At("runs", "tiny"));
        var configuration = TinyRun.Configuration(
            _folder.At("runs"), 0, [.. _settings, "r1reward.sft.missing-judgment=answer"]);

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        var names = CheckpointFiles.Open(Path.Combine(folder.Checkpoints, "sft"))
            .Shards.SelectMany(shard => shard.Entries)
            .Select(entry => entry.Name);
        Assert.Contains("model.visual.deepstack_merger_list.0.norm.weight", names);
        Assert.Equal(0, RunSummary.Read(folder.Summary)!.Evaluations["sft"].LeftOut);
    }
}
