using R1Reward.Actors.Tests.Hosting;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests.Documentation;

/// <summary>
/// A folder that documented commands are run in: everything that they name lies there, as small as can be. The process
/// stands in it until it is disposed.
/// </summary>
public sealed class CommandFolder : IDisposable
{
    private const string Pair = """{"question":"2 + 2?","response1":"4","response2":"5","label":"first"}""";

    private readonly string _before = Environment.CurrentDirectory;
    private readonly TempFolder _folder = new();

    public CommandFolder()
    {
        foreach (var part in new[] { "hocon", "examples" })
        {
            Directory.CreateSymbolicLink(_folder.At(part), Path.Combine(Fixtures.Repository, part));
        }

        var model = TinyModel.Write(_folder.At("DIR"));
        new ModelCard("compact").Save(model);
        using (var loaded = Checkpoint.Load(model, CPU, ScalarType.Float32))
        {
            LoraAdapter.Create(loaded, new LoraConfig { BaseModel = model }, 1).Save(_folder.At("ADAPTER"));
        }

        new ModelCard("compact").Save(_folder.At("ADAPTER"));
        new ModelCard("compact").Save(TinyModel.Write(_folder.At("runs/quickstart-1/checkpoints/step-20")));
        new ModelCard("compact").Save(TinyModel.Write(_folder.At("runs/grm-sft/checkpoints/sft")));
        new ModelCard("compact").Save(TinyModel.Write(_folder.At("runs/curriculum-sft/checkpoints/sft")));
        WriteRun("quickstart-1");
        WriteRun("quickstart-2");
        Write(
            "runs/quickstart-1/timeline.jsonl",
            """{"work":"step-1/learn","worker":"learner","begun":"2026-01-01T08:00:00+00:00","seconds":2.5}""");
        Write("pairs.jsonl", Pair);
        Write("more.jsonl", """{"prompt":"3 + 3?","chosen":"6","rejected":"7"}""");
        Write("vl_rewardbench.jsonl", """{"id":"RLAIF-V-1","prompt":"2 + 2?","chosen":"4","rejected":"5"}""");
        Write("judged.jsonl", """{"pair_id":"1","source":"mmlu-pro","label":"A>B","decisions":["A>B","B>A"]}""");
        Write("rl.jsonl", """{"message":"[{\"role\":\"user\",\"content\":\"q1\"}]","answer":["<answer>1</answer>"]}""");
        Write("my.conf", string.Concat(Tiny("my").Select(setting => $"{setting.Key} = \"{setting.Value}\"\n")));
        Write("rows.jsonl", """{"prompt":"2 + 2?","responses":["4","5"]}""");
        ScenesDataset.Write(
            new ScenesDatasetOptions { Pairs = 20, Seed = 1, Traces = true, Out = _folder.At("data/scenes") });
        ScenesDataset.Write(
            new ScenesDatasetOptions { Pairs = 20, HeldOut = 8, Seed = 1, Out = _folder.At("data/task") });
        ComparedVideos.Write(_folder.At("data/videos"), 6);
        ComparedSounds.Write(_folder.At("data/sounds"), 6);
        Directory.CreateDirectory(_folder.At("data/annotated"));
        foreach (var annotated in new[] { "sft.jsonl", "rl.jsonl" })
        {
            File.Copy(_folder.At("data/scenes/train.jsonl"), _folder.At("data/annotated", annotated));
        }

        Environment.CurrentDirectory = _folder.Path;
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Dispose();
    }

    /// <summary>Settings of the smallest run.</summary>
    internal IEnumerable<(string Key, string Value)> Tiny(string name) => TinyRunSettings.For(_folder.At("runs"), 1)
        .Where(setting => !setting.StartsWith("r1reward.run.name", StringComparison.Ordinal))
        .Append($"r1reward.run.name={name}")
        .Select(setting => (setting.Split('=')[0], setting[(setting.IndexOf('=') + 1)..]));

    private void WriteRun(string name)
    {
        Write(
            $"runs/{name}/summary.json",
            """{"name":"x","seed":1,"rl":{"accuracy":0.5},"vote":{"1":0.5,"5":0.6},"any-correct":{"1":0.5,"5":0.9}}""");
        Write($"runs/{name}/metrics.jsonl", """{"phase":"rl","step":1,"loss":2.5}""");
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.At(path))!);
        File.WriteAllText(_folder.At(path), text + "\n");
    }
}
