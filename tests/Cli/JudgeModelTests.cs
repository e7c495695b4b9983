using Newtonsoft.Json.Linq;
using R1Reward.Actors.Workers;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
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
    public void A_model_is_asked_as_it_was_trained_unless_a_template_is_named(string? trained, string? named, string expected)
    {
        var folder = TinyModel.Write(_folder.At("model"));
        if (trained is not null)
        {
            new ModelCard(trained).Save(folder);
        }

        using var model = new JudgeModel(new JudgeModelOptions(folder, named, "cpu", "float32"));

        Assert.Equal(expected, model.Template.Id);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
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

        var vote = await Invocation.RunAsync("vote", "--model", folder, "--question", "q", "--response1", "a", "--response2", "b", "--k", "2", "--max-new-tokens", "2", "--device", "cpu");

        Assert.Equal(0, vote.ExitCode);
        var line = JObject.Parse(Assert.Single(vote.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(2, (int)line["first"]! + (int)line["second"]! + (int)line["invalid"]!);
        Assert.StartsWith("1 pairs", vote.Error);
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

        string[] rest = ["--question", "q", "--response1", "a", "--response2", "b", "--k", "1", "--max-new-tokens", "2", "--device", "cpu", "--template", "compact"];
        var beside = await Invocation.RunAsync(["vote", "--model", folder, "--adapter", adapter, .. rest]);
        Assert.Equal((0, beside.Output), (beside.ExitCode, (await Invocation.RunAsync(["vote", "--model", adapter, .. rest])).Output));

        var lost = JObject.Parse(File.ReadAllText(Path.Combine(adapter, "adapter_config.json")));
        lost["base_model_name_or_path"] = "Qwen/Qwen2.5-7B-Instruct";
        File.WriteAllText(Path.Combine(adapter, "adapter_config.json"), lost.ToString());
        Assert.Contains("is an adapter of Qwen/Qwen2.5-7B-Instruct, which is no model folder here; name", (await Invocation.RunAsync(["vote", "--model", adapter, .. rest])).Mistake());
    }
}
