using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models.Vision;
using R1Reward.Rollout.Sampling;
using R1Reward.Rollout.Voting;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

public sealed class JudgeModelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, null, "r1-pairwise")]
    [InlineData("compact", null, "compact")]
    [InlineData("compact", "r1-aspects", "r1-aspects")]
    public void A_model_is_asked_as_it_was_trained_unless_a_template_is_named(
        string? trained, string? named, string expected)
    {
        var folder = TinyModel.Write(_folder.At("model"));
        if (trained is not null)
        {
            new ModelCard(trained).Save(folder);
        }

        using var model = new JudgeModel(new JudgeModelOptions(folder, named, "cpu", "float32"));

        Assert.Equal(expected, model.Template.Id);
    }

    [Fact]
    public void Pictures_are_prepared_as_in_training_unless_a_size_is_named()
    {
        var folder = TinyModel.Write(_folder.At("model"), sees: true);
        var picture = SceneImage.Draw(
            new SceneGenerator(1, new SceneOptions { Grid = 4, Form = SceneForm.Image })
                .Generate(SceneSide.Train, 1)
                .Scene);
        var pair = new PreferencePair
        {
            Id = new PairId("p"),
            Question = "q",
            Response1 = "a",
            Response2 = "b",
            Media = [new MediaItem(MediaKind.Image, DataUri.FromPng(picture))],
        };
        int Tokens(int? maxPixels)
        {
            var options = new JudgeModelOptions(folder, "compact", "cpu", "float32", MaxPixels: maxPixels);
            using var model = new JudgeModel(options);
            var image = model.Tokenizer.IdOf("<|image_pad|>")!.Value;
            var counts = new List<int>();
            model.Vote(
                [pair],
                new VoteOptions { Samples = 1, Sampling = new SamplingOptions { MaxNewTokens = 1 } },
                new Progress<int>(),
                result => counts.Add(result.Traces[0].PromptTokens.Count(id => id == image)),
                default);
            return Assert.Single(counts);
        }

        Assert.Equal(16, Tokens(null));
        new ModelCard("compact") { Limits = new MediaLimits { MaxPixels = 9 * 28 * 28 } }.Save(folder);
        Assert.Equal((9, 4), (Tokens(null), Tokens(4 * 28 * 28)));
    }

    [Fact]
    public void A_card_is_read_as_it_was_written()
    {
        var card = new ModelCard("compact", PositionRule.AfterFrame)
        {
            Limits = new MediaLimits
            {
                Rule = MediaRule.QwenVlUtils,
                MinPixels = 1000,
                MaxPixels = 2000,
                TotalPixels = 9000,
                FramesPerSecond = 1.5,
                MinFrames = 4,
                MaxFrames = 8,
            },
            Colours = ColourRule.Upright,
        };
        card.Save(_folder.Path);
        Assert.Equal(card, ModelCard.Load(_folder.Path));
        (card with { Limits = new MediaLimits { Frames = 6 } }).Save(_folder.Path);
        Assert.Equal(6, ModelCard.Load(_folder.Path)!.Limits.Frames);
    }

    [Fact]
    public async Task A_model_that_reads_text_says_what_it_does_not_see()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        File.WriteAllText(
            _folder.At("pairs.jsonl"),
            """{"question":"q","response1":"a","response2":"b","media":[{"kind":"image","path":"x.png"}]}""");
        var vote = await Invocation.RunAsync(
            "vote",
            "--model",
            folder,
            "--data",
            _folder.At("pairs.jsonl"),
            "--template",
            "compact",
            "--k",
            "1",
            "--max-new-tokens",
            "2",
            "--device",
            "cpu");
        Assert.Equal(0, vote.ExitCode);
        Assert.Contains("1 of 1 pairs have pictures or videos", vote.Error);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"template\": \"compact\", \"media\": {\"max-pixels\": \"many\"}}")]
    public void A_broken_card_is_named_with_the_remedy(string text)
    {
        File.WriteAllText(_folder.At("r1reward.json"), text);

        var message = Assert.Throws<UserErrorException>(() => ModelCard.Load(_folder.Path)).Message;

        Assert.StartsWith(_folder.At("r1reward.json"), message);
        Assert.Contains("--template", message);
    }

    [Fact]
    public async Task A_vote_prints_one_object_per_pair()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        new ModelCard("compact").Save(folder);

        var vote = await Invocation.RunAsync(
            "vote",
            "--model",
            folder,
            "--question",
            "q",
            "--response1",
            "a",
            "--response2",
            "b",
            "--k",
            "2",
            "--max-new-tokens",
            "2",
            "--device",
            "cpu");

        Assert.Equal(0, vote.ExitCode);
        var line = JObject.Parse(Assert.Single(vote.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(2, (int)line["first"]! + (int)line["second"]! + (int)line["invalid"]!);
        Assert.Contains("1 pairs, mean agreement", vote.Error);
        Assert.Contains("order as-is", vote.Error);
        Assert.Contains("replies miss <think>", vote.Error);
    }

    [Fact]
    public async Task Pairs_that_the_model_cannot_take_are_named_and_in_no_figure()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        new ModelCard("compact").Save(folder);
        var rows = _folder.At("rows.jsonl");
        string[] questions = ["q", string.Concat(Enumerable.Repeat("how many ", 2000)), "r"];
        File.WriteAllLines(rows, questions.Select((question, index) => new JObject
        {
            ["id"] = $"row-{index}",
            ["question"] = question,
            ["response1"] = "a",
            ["response2"] = "b",
            ["label"] = "first",
        }.ToString(Newtonsoft.Json.Formatting.None)));

        var vote = await Invocation.RunAsync(
            "vote",
            "--model",
            folder,
            "--data",
            rows,
            "--k",
            "2",
            "--max-new-tokens",
            "2",
            "--device",
            "cpu",
            "--both-orders");

        Assert.Equal((0, ""), (vote.ExitCode, vote.ExitCode == 0 ? "" : vote.Error));
        var lines = vote.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(JObject.Parse).ToList();
        Assert.Equal(["row-0", "row-1", "row-2"], lines.Select(line => (string)line["id"]!));
        Assert.Contains("tokens, with room for 511", (string)lines[1]["problem"]!);
        Assert.Contains("1 of 3 pairs cannot be shown", vote.Error);
        Assert.Contains("2 pairs, mean agreement", vote.Error);
        Assert.Contains("of 2 labelled", vote.Error);

        var suite = _folder.At("suite.jsonl");
        File.WriteAllLines(suite, questions.Take(2).Select((question, index) => new JObject
        {
            ["id"] = $"hallucination-{index}",
            ["prompt"] = question,
            ["chosen"] = "a",
            ["rejected"] = "b",
        }.ToString(Newtonsoft.Json.Formatting.None)));
        var eval = await Invocation.RunAsync(
            "eval",
            "--suite",
            "vl-rewardbench",
            "--model",
            folder,
            "--data",
            suite,
            "--max-new-tokens",
            "2",
            "--device",
            "cpu",
            "--out",
            _folder.At("eval.json"));
        Assert.Equal((0, ""), (eval.ExitCode, eval.ExitCode == 0 ? "" : eval.Error));
        var figures = JObject.Parse(File.ReadAllText(_folder.At("eval.json")));
        Assert.Equal((1, 1), ((int)figures["rows"]!, (int)figures["left-out"]!));
    }

    [Fact]
    public async Task An_adapter_is_named_beside_its_model_or_names_it()
    {
        var folder = TinyModel.Write(_folder.At("model"));
        var adapter = _folder.At("adapter");
        using (var model = Checkpoint.Load(folder, CPU, ScalarType.Float32))
        {
            LoraAdapter.Create(model, new LoraConfig { BaseModel = folder }, 1).Save(adapter);
        }

        string[] rest =
        [
            "--question",
            "q",
            "--response1",
            "a",
            "--response2",
            "b",
            "--k",
            "1",
            "--max-new-tokens",
            "2",
            "--device",
            "cpu",
            "--template",
            "compact",
        ];
        var beside = await Invocation.RunAsync(["vote", "--model", folder, "--adapter", adapter, .. rest]);
        Assert.Equal(
            (0, beside.Output),
            (beside.ExitCode, (await Invocation.RunAsync(["vote", "--model", adapter, .. rest])).Output));

        var lost = JObject.Parse(File.ReadAllText(Path.Combine(adapter, "adapter_config.json")));
        lost["base_model_name_or_path"] = "Qwen/Qwen2.5-7B-Instruct";
        File.WriteAllText(Path.Combine(adapter, "adapter_config.json"), lost.ToString());
        Assert.Contains(
            "is an adapter of Qwen/Qwen2.5-7B-Instruct, which is no model folder here; name",
            (await Invocation.RunAsync(["vote", "--model", adapter, .. rest])).Mistake());
    }
}
