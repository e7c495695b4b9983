using System.CommandLine;
using Newtonsoft.Json;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Pickled;
using static TorchSharp.torch;

namespace R1Reward.Cli.Commands;

/// <summary>
/// <c>r1reward model</c>: what a folder holds, an adapter merged into its model, pickled weights as safetensors.
/// </summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "model folders") { Inspect(), Merge(), Convert() };

    private static Command Inspect()
    {
        var folder = new Argument<string>("DIR") { Description = "folder of a model or of an adapter" };
        var json = new Option<bool>("--json") { Description = "one JSON object, sizes in bytes" };
        var ranks = new Option<int>("--ranks")
        {
            Description = "learners that train it together: the memory of each, by sharding",
            DefaultValueFactory = _ => 1,
            HelpName = "N",
        };
        var command = new Command(
            "inspect", "what a model is, whether its files fit, and the memory it takes") { folder, ranks, json };
        command.SetAction(parsed =>
        {
            var number = parsed.GetValue(ranks);
            if (number < 1)
            {
                throw new UserErrorException($"--ranks {number}: give the number of learners, 1 or more.");
            }

            var found = ModelInspection.Inspect(parsed.GetValue(folder)!, number);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(found.ToString(Formatting.Indented));
            }
            else
            {
                ModelTable.Print(found);
            }
        });
        return command;
    }

    private static Command Convert()
    {
        var file = new Argument<string>("FILE") { Description = "pytorch_model.bin of PyTorch 1.6 or later" };
        var output = new Option<string>("--out")
        {
            Description = "the safetensors file; must not exist",
            Required = true,
            HelpName = "FILE",
        };
        var command = new Command(
            "convert", "write pickled weights as safetensors; nothing of the pickle is run") { file, output };
        command.SetAction(parsed =>
        {
            var target = parsed.GetValue(output)!;
            if (File.Exists(target))
            {
                throw new UserErrorException($"--out {target}: exists already. Name a new file.");
            }

            TensorLibrary.EnsureLoaded();
            using var pickled = TorchFile.Open(parsed.GetValue(file)!);
            pickled.Convert(target);
            Console.WriteLine($"{pickled.Names.Count} tensors in {target}");
        });
        return command;
    }

    private static Command Merge()
    {
        var folder = new Argument<string>("DIR") { Description = "model folder" };
        var adapter = new Option<string>("--adapter")
        {
            Description = "folder of a LoRA adapter of the model",
            Required = true,
            HelpName = "DIR",
        };
        var output = new Option<string>("--out")
        {
            Description = "folder for the merged model; must not exist",
            Required = true,
            HelpName = "DIR",
        };
        var command = new Command(
            "merge", "write a model with an adapter merged into its weights") { folder, adapter, output };
        command.SetAction(parsed =>
        {
            var target = parsed.GetValue(output)!;
            if (Directory.Exists(target))
            {
                throw new UserErrorException($"--out {target}: exists already. Name a new folder.");
            }

            TensorLibrary.EnsureLoaded();

            // Sums are made in float32 and rounded once, when the weights are stored as they came.
            using var model = Checkpoint.Load(parsed.GetValue(folder)!, CPU, ScalarType.Float32);
            LoraAdapter.Load(model, parsed.GetValue(adapter)!).MergeForGood();
            Directory.CreateDirectory(target);
            Checkpoint.Save(model, target);
            Console.WriteLine($"merged model in {target}");
        });
        return command;
    }
}
