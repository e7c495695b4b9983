using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests;

/// <summary>One case of the language-model fixtures, with the readers its tests share.</summary>
internal sealed class LanguageModelCase
{
    private readonly string _path;
    private TensorFile? _tensors;

    private LanguageModelCase(string path) => (_path, Json) = (path, JObject.Parse(File.ReadAllText(path)));

    internal JObject Json { get; }

    internal TensorFile Tensors => _tensors ??= TensorFile.Open(Path.ChangeExtension(_path, ".safetensors"));

    internal float Tolerance => (float)Json["tolerance"]!;

    internal string ModelDirectory => Fixtures.Path(((string)Json["model"]!).Split('/'));

    /// <summary>Names of the cases of a kind whose model this program computes.</summary>
    internal static TheoryData<string> OfKind(string kind)
    {
        var names = new TheoryData<string>();
        foreach (var path in Directory.GetFiles(Fixtures.Path("language-models"), "*.json").Order(StringComparer.Ordinal))
        {
            var one = new LanguageModelCase(path);
            if ((string?)one.Json["kind"] == kind && (one.Json["model"] is null || IsComputed(one.ModelDirectory)))
            {
                names.Add(Path.GetFileNameWithoutExtension(path));
            }
        }

        return names;
    }

    internal static LanguageModelCase Open(string name) => new(Fixtures.Path("language-models", name + ".json"));

    internal CausalLM LoadModel() => Checkpoint.Load(ModelDirectory, CPU, ScalarType.Float32);

    internal static int[][] Rows(JToken json) => json.ToObject<int[][]>()!;

    /// <summary>Right-padded ids, mask and labels (-100 = ignored) as training rows.</summary>
    internal static List<TrainingRow> LabelledRows(JToken batch)
    {
        var (ids, mask, labels) = (Rows(batch["input_ids"]!), Rows(batch["attention_mask"]!), Rows(batch["labels"]!));
        return [.. ids.Select((row, i) => new TrainingRow(
            [.. row.Take(mask[i].Sum())], [.. labels[i].Take(mask[i].Sum()).Select((label, t) => t > 0 && label != -100)]))];
    }

    internal static Tensor Ids(IReadOnlyList<int[]> rows)
    {
        var width = rows.Max(row => row.Length);
        var flat = rows.SelectMany(row => row.Concat(new int[width - row.Length])).Select(id => (long)id).ToArray();
        return tensor(flat, dtype: ScalarType.Int64, device: CPU).view(rows.Count, width);
    }

    internal static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.detach().to(ScalarType.Float32).contiguous().bytes).ToArray();
    }

    /// <summary>Sum, norm and the dot product with sin(1), sin(2), ..., in float64.</summary>
    internal static double[] Checksums(Tensor tensor)
    {
        double sum = 0, squares = 0, waves = 0;
        var values = Values(tensor);
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i];
            squares += (double)values[i] * values[i];
            waves += values[i] * Math.Sin(i + 1);
        }

        return [sum, Math.Sqrt(squares), waves];
    }

    internal static void Close(IReadOnlyList<float> expected, IReadOnlyList<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what}[{i}]: expected {expected[i]}, got {actual[i]}");
        }
    }

    internal static void CloseChecksums(JToken expected, Func<string, Tensor> actual, double tolerance, string what)
    {
        foreach (var (name, numbers) in (JObject)expected)
        {
            var (wanted, got) = (numbers!.ToObject<double[]>()!, Checksums(actual(name)));
            for (var i = 0; i < wanted.Length; i++)
            {
                Assert.True(Math.Abs(wanted[i] - got[i]) <= tolerance * Math.Max(1, Math.Abs(wanted[i])), $"{what} {name} checksum {i}: expected {wanted[i]}, got {got[i]}");
            }
        }
    }

    private static bool IsComputed(string modelDirectory)
    {
        try
        {
            return Directory.Exists(modelDirectory) && ModelConfig.Load(modelDirectory).VocabularySize > 0
                && (string?)JObject.Parse(File.ReadAllText(Path.Combine(modelDirectory, "config.json")))["architectures"]?[0] == "Qwen2ForCausalLM";
        }
        catch (UserErrorException)
        {
            return false;
        }
    }
}
