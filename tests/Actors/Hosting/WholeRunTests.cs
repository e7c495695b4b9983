using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Checkpoints;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class WholeRunTests : IDisposable
{
    private const int Steps = 3;

    private static readonly string[] _tower =
    [
        "r1reward.model.init.vision.enabled=on", "r1reward.model.init.vision.width=16",
        "r1reward.model.init.vision.heads=2", "r1reward.model.init.vision.intermediate-size=16",
    ];

    private static readonly string[] _ears =
    [
        "r1reward.model.init.audio.enabled=on", "r1reward.model.init.audio.width=16",
        "r1reward.model.init.audio.heads=2", "r1reward.model.init.audio.intermediate-size=16",
        "r1reward.model.init.audio.layers=1", "r1reward.model.init.audio.seconds=2",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_is_stopped_goes_on_where_it_was_and_leaves_its_whole_folder()
    {
        var stopped = await RunAsync(status => status.Stage is not (RunStage.Loading or RunStage.ColdStart));
        Assert.Equal((RunOutcome.Stopped, false), (stopped.Outcome, Folder.IsFinished));
        var before = JsonLines.Read(Folder.Metrics).Count(line => (string?)line["phase"] == "rl");

        var other = await RunAsync(_ => false, "r1reward.judging.answer=lenient");
        Assert.Equal(RunOutcome.UserError, other.Outcome);
        Assert.StartsWith("r1reward.judging.answer = lenient: this run was begun with strict", other.Message);

        var finished = await RunAsync(_ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        Assert.True(Folder.IsFinished);
        Assert.Equal("strict", RunSummary.Read(Folder.Summary)!.Evaluations["rl"].Condition!.Answer);
        Assert.InRange(before, 0, Steps - 1);
        Assert.Equal(
            Enumerable.Range(1, Steps),
            JsonLines.Read(Folder.Metrics)
                .Where(line => (string?)line["phase"] == "rl")
                .Select(line => (int)line["step"]!));
        Assert.Equal([("eval-rl", 4), ("eval-sft", 2), ("step-1", 4), ("step-2", 4), ("step-3", 4)], Traces());
        Assert.All(
            [Folder.Configuration, Folder.Summary, Folder.Report, Folder.Root + "/journal.jsonl"],
            path => Assert.True(File.Exists(path), path));
        Assert.NotEmpty(Directory.GetFiles(Folder.TensorBoard));
        Assert.All(
            ["sft", "step-3"],
            name => Assert.True(File.Exists(Path.Combine(Folder.Checkpoints, name, "config.json")), name));

        var again = await RunAsync(_ => false);
        Assert.Equal(RunOutcome.UserError, again.Outcome);
        Assert.Contains("this run is finished", again.Message);
    }

    [Fact]
    public async Task A_run_on_sounds_learns_from_them_and_judges_noise_at_the_end()
    {
        var finished = await RunAsync(
            _ => false,
            [
                .. _ears,
                "r1reward.data.scenes.as=sound",
                "r1reward.data.scenes.grid=3",
                "r1reward.sft.alignment-steps=1",
            ]);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        Assert.Equal(
            [("eval-noise", 2), ("eval-rl", 4), ("eval-sft", 2), ("step-1", 4), ("step-2", 4), ("step-3", 4)],
            Traces());
    }

    [Fact]
    public async Task A_run_on_pictures_learns_from_them_and_judges_noise_at_the_end()
    {
        var finished = await RunAsync(
            _ => false,
            [
                .. _tower,
                "r1reward.data.scenes.as=image",
                "r1reward.data.scenes.grid=3",
                "r1reward.sft.alignment-steps=1",
            ]);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        Assert.Equal(
            [("eval-noise", 2), ("eval-rl", 4), ("eval-sft", 2), ("step-1", 4), ("step-2", 4), ("step-3", 4)],
            Traces());
        Assert.All(
            JsonLines.Read(Folder.Traces),
            line => Assert.StartsWith("data:image/png;base64,", (string)line["media"]![0]!, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(Folder.Checkpoints, "step-3", "preprocessor_config.json")));
    }

    [Fact]
    public async Task A_run_with_a_critic_and_everything_else_that_is_off_by_default_is_stopped_and_goes_on()
    {
        string[] more =
        [
            "r1reward.rl.loss=dapo", "r1reward.rl.estimator=gae", "r1reward.rl.critic.learning-rate=1e-3",
            "r1reward.rl.kl-in=loss", "r1reward.rl.kl-estimator=k3", "r1reward.rl.kl-times-ratio=on",
            "r1reward.rl.entropy-bonus=0.01", "r1reward.rl.entropy-filter=batch", "r1reward.rl.entropy-share=0.5",
            "r1reward.rl.off-policy-limit=0.5", "r1reward.rl.non-finite=skip",
            "r1reward.rl.reward-normalisation=scale", "r1reward.rl.advantage-clip=5", "r1reward.rl.epochs=2",
            "r1reward.rl.max-staleness=1",
        ];
        await RunAsync(status => status.Step > 1, more);
        var finished = await RunAsync(_ => false, more);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        var steps = JsonLines.Read(Folder.Metrics).Where(line => (string?)line["phase"] == "rl").ToList();
        Assert.Equal(Enumerable.Range(1, Steps), steps.Select(line => (int)line["step"]!));
        Assert.Equal(0, (double)steps[0]["value-mean"]!);
        Assert.All(
            steps,
            line =>
                Assert.True(
                    (double)line["value-loss"]! >= 0
                        && line["grad-norm-largest"] is not null
                        && line["dropped-share"] is not null,
                    line.ToString()));
        Assert.True(
            File.Exists(Path.Combine(Folder.Checkpoints, $"step-{Steps}", "training", "critic", "optimizer.json")));
    }

    [Fact]
    public async Task A_run_in_which_no_reply_is_learned_still_ends()
    {
        // Replies of eight tokens are all cut off.
        var finished = await RunAsync(_ => false, "r1reward.rl.drop-truncated=on", "r1reward.rl.loss=gspo");
        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        Assert.All(
            JsonLines.Read(Folder.Metrics).Where(line => (string?)line["phase"] == "rl"),
            line => Assert.True((double)line["dropped-share"]! > 0.5));
    }

    [Fact]
    public async Task A_run_over_files_does_without_the_pairs_that_cannot_be_shown()
    {
        var data = _folder.At("data");
        ScenesDataset.Write(new ScenesDatasetOptions
        {
            Pairs = 24,
            HeldOut = 6,
            Seed = 1,
            Out = data,
            As = "image",
            Grid = 3,
            Traces = true,
        });
        File.WriteAllText(Path.Combine(data, "images", "train-000003.png"), "no picture");
        File.Delete(Path.Combine(data, "images", "heldout-000001.png"));
        Lengthen(Path.Combine(data, "train.jsonl"), 5);
        Lengthen(Path.Combine(data, "heldout.jsonl"), 2);

        var template = _folder.At("judge.txt");
        File.WriteAllText(template, "{question} 1 {response1} 2 {response2} <why>...</why><best>1</best>");

        var finished = await RunAsync(
            _ => false,
            [
                .. _tower, "r1reward.data.source=file", $"r1reward.data.train={Path.Combine(data, "train.jsonl")}",
                $"r1reward.data.heldout={Path.Combine(data, "heldout.jsonl")}",
                "r1reward.eval.pairs=0", "r1reward.eval.vote-samples=1", "r1reward.sft.steps=0",
                "r1reward.sft.num-train-epochs=2", "r1reward.sft.batch-size=8", $"r1reward.model.template={template}",
            ]);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        Assert.Equal(4, JsonLines.Read(Folder.Traces).Count(line => (string)line["sampling"]! == "eval-rl"));
        Assert.Equal(2, RunSummary.Read(Folder.Summary)!.Evaluations["rl"].LeftOut);

        // 48 rows are two passes over 24 pairs, of which two cannot be shown.
        Assert.Equal(
            4,
            JsonLines.Read(Folder.Metrics)
                .Where(line => (string?)line["phase"] == "sft")
                .Sum(line => (int)line["left-out"]!));
        Assert.Equal(6, JsonLines.Read(Folder.Metrics).Count(line => (string?)line["phase"] == "sft"));
        Assert.Equal("best", ModelCard.Load(Path.Combine(Folder.Checkpoints, "step-3"))!.Prompt.Tags.Answer);
        Assert.All(JsonLines.Read(Folder.Traces), line => Assert.True(File.Exists((string)line["media"]![0]!)));
    }

    /// <summary>Makes the question of one line longer than any model takes.</summary>
    private static void Lengthen(string path, int at)
    {
        var lines = File.ReadAllLines(path);
        var pair = JObject.Parse(lines[at]);
        pair["question"] = string.Concat(Enumerable.Repeat("how many ? ", 10_000));
        lines[at] = pair.ToString(Newtonsoft.Json.Formatting.None);
        File.WriteAllLines(path, lines);
    }

    private RunFolder Folder => new(_folder.At("tiny"));

    private IEnumerable<(string, int)> Traces() =>
        JsonLines.Read(Folder.Traces)
            .GroupBy(line => (string)line["sampling"]!)
            .Select(group => (group.Key, group.Count()))
            .Order();

    private Task<RunStatus> RunAsync(Func<RunStatus, bool> stop, params string[] more) =>
        TinyRun.RunAsync(
            Configurations.Load(null, [.. TinyRunSettings.For(_folder.Path, Steps), .. more], _ => null), Folder, stop);
}
