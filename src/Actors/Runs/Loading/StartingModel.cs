using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using static TorchSharp.torch;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// The model folder that a run starts from: the user's, or one with a random start made in the run folder.
/// </summary>
internal static class StartingModel
{
    /// <summary>Path of the folder, which <see cref="Prepare"/> has made complete by then.</summary>
    public static string Folder(RunSettings settings, RunFolder folder) =>
        settings.Model.Path.Length > 0 ? settings.Model.Path : folder.Model;

    /// <summary>The folder, complete with tokenizer; made on the first call for a run and found again later.</summary>
    public static string Prepare(RunSettings settings, RunFolder folder, RunPairs pairs)
    {
        if (settings.Model.Path.Length > 0)
        {
            return settings.Model.Path;
        }

        if (!Directory.Exists(folder.Model))
        {
            // Made beside and renamed: it is whole when it is there, and may be made by two processes at a time.
            var aside = $"{folder.Model}.{Environment.ProcessId}";
            Directory.CreateDirectory(aside);
            Create(settings, aside, pairs);
            TakePlace(aside, folder.Model);
        }

        return folder.Model;
    }

    private static void TakePlace(string aside, string model)
    {
        try
        {
            Directory.Move(aside, model);
        }
        catch (IOException) when (Directory.Exists(model))
        {
            // Another process was faster, and has made the same of the same seed.
            Directory.Delete(aside, recursive: true);
        }
    }

    private static void Create(RunSettings settings, string folder, RunPairs pairs)
    {
        var tokenizer = StartingTokenizer.Create(settings, folder, pairs);
        var config = StartingShape.ToConfig(settings.Model.Init, tokenizer);
        if (config.Vision is { } vision)
        {
            StartingPictures.Write(folder, vision.Family);
        }

        if (config.Audio is not null)
        {
            PreprocessorFiles.Write(folder, StartingShape.SoundsOf(settings.Model.Init.Audio));
        }

        var key = CounterRandom.KeyOf(settings.Seed, "weights");
        using var model = CausalLM.Create(config, CPU, ScalarType.Float32, key);
        Checkpoint.Save(model, folder);
    }
}
