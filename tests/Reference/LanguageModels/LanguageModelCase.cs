using Newtonsoft.Json.Linq;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

/// <summary>One case of the language models, with the readers that its tests share.</summary>
internal sealed class LanguageModelCase
{
    private readonly string _path;
    private TensorFile? _tensors;

    internal LanguageModelCase(string name)
    {
        _path = Fixtures.Path("language-models", name + ".json");
        Json = JObject.Parse(File.ReadAllText(_path));
    }

    internal JObject Json { get; }

    internal string Kind => (string)Json["kind"]!;

    internal TensorFile Tensors => _tensors ??= TensorFile.Open(Path.ChangeExtension(_path, ".safetensors"));

    internal double Tolerance => (double)Json["tolerance"]!;

    internal string ModelDirectory => Fixtures.Path(((string)Json["model"]!).Split('/'));

    internal CausalLM LoadModel(ScalarType dtype = ScalarType.Float32) => Checkpoint.Load(ModelDirectory, CPU, dtype);

    /// <summary>A second model that is no file: the checkpoint with some weights multiplied.</summary>
    internal CausalLM LoadModel(JToken factors)
    {
        using var mode = no_grad();
        var model = LoadModel();
        foreach (var (name, factor) in (JObject)factors)
        {
            model.Parameters[name].mul_((double)factor!);
        }

        return model;
    }

    internal static int[][] Rows(JToken json) => json.ToObject<int[][]>()!;

    /// <summary>Right-padded ids, mask and labels (-100 = ignored) as training rows.</summary>
    internal static List<TrainingRow> LabelledRows(JToken batch)
    {
        var (ids, mask, labels) = (
            Rows(batch["input_ids"]!),
            Rows(batch["attention_mask"]!),
            Rows(batch["labels"]!));
        return
        [
            .. ids.Select(
                (row, i) =>
                    new TrainingRow(
                        [.. row.Take(mask[i].Sum())],
                        [.. labels[i].Take(mask[i].Sum()).Select((label, t) => t > 0 && label != -100)])),
        ];
    }
}
