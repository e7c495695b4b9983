using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>How a model's checkpoint was written, so that it is saved the same way.</summary>
/// <param name="Tensors">For each weight's canonical name the name and number format in the files.</param>
/// <param name="Companions">Files beside the weights (tokenizer, generation defaults, preprocessor) by name.</param>
internal sealed record CheckpointOrigin(
    IReadOnlyDictionary<string, (string Name, ScalarType Dtype)> Tensors,
    IReadOnlyDictionary<string, byte[]> Companions)
{
    private static readonly string[] CompanionNames =
    [
        "generation_config.json",
        "preprocessor_config.json",
        "processor_config.json",
        "video_preprocessor_config.json",
        "chat_template.jinja",
        "chat_template.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.json",
        "merges.txt",
    ];

    /// <summary>Notes how the tensors of a folder are written, and keeps the files beside them in memory.</summary>
    internal static CheckpointOrigin Read(
        string directory,
        IEnumerable<(string Canonical, TensorEntry Entry)> tensors) => new(
        tensors.ToDictionary(
            tensor => tensor.Canonical,
            tensor => (TensorNames.WithoutThinker(tensor.Entry.Name), tensor.Entry.Dtype)),
        CompanionsOf(directory).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes));

    /// <summary>The files beside the weights of a folder, those that are there.</summary>
    /// <exception cref="UserErrorException">One of them is no plain file, or too large.</exception>
    internal static List<string> CompanionsOf(string directory)
    {
        var paths = CompanionNames.Select(name => Path.Combine(directory, name)).Where(File.Exists).ToList();
        paths.ForEach(path => RegularFile.Require(path, RegularFile.MaxTextBytes));
        return paths;
    }

    /// <summary>Writes the files that lay beside the weights into another folder.</summary>
    internal void WriteCompanions(string directory)
    {
        foreach (var (name, content) in Companions)
        {
            File.WriteAllBytes(Path.Combine(directory, name), content);
        }
    }
}
