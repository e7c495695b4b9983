using System.CommandLine;
using Newtonsoft.Json;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Devices;
using static TorchSharp.torch;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward model</c>: what a folder holds, and an adapter merged into its model.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "model folders") { Inspect(), Merge() };

    private static Command Inspect()
    {
        var folder = new Argument<string>("DIR") { Description = "folder of a model or of an adapter" };
        var json = new Option<bool>("--json") { Description = "one JSON object, sizes in bytes" };
        var command = new Command(
            "inspect", "what a model is, whether its files fit, and the memory it takes") { folder, json };
        command.SetAction(parsed =>
        {
            var found = ModelInspection.Inspect(parsed.GetValue(folder)!);
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
