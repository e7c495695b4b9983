using R1Reward.Policy.Heads;
using R1Reward.Policy.Tokenization;
using static TorchSharp.torch;

namespace R1Reward.Cli.Tests;

/// <summary>A complete folder of a scalar model with random weights.</summary>
internal static class TinyScalarModel
{
    /// <param name="folder">Made if absent; the language model under its heads lies beside it.</param>
    /// <param name="heads">Names of its heads.</param>
    public static string Write(string folder, params string[] heads)
    {
        var words = TinyModel.Write(folder + "-base");
        var config = new ScalarConfig { Heads = heads, ScaleForTraining = true };
        using var model = ScalarFolder.Start(words, config, CPU, ScalarType.Float32, seed: 7);
        ScalarFolder.Save(model, folder);
        Tokenizer.Load(words).CopyTo(folder);
        return folder;
    }
}
