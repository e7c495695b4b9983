using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Rl;

/// <summary>
/// One file of the rl-and-rewards fixtures: inputs by sub-case, expected numbers and the tolerance between them.
/// </summary>
internal sealed class RlCase
{
    private readonly TensorFile? _tensors;

    internal RlCase(string name)
    {
        Json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));
        _tensors = (string?)Json["tensors"] is { } file ? TensorFile.Open(Fixtures.Path("rl-and-rewards", file)) : null;
    }

    internal JObject Json { get; }

    internal TensorFile Tensors => _tensors ?? throw new InvalidOperationException("this case has no tensors");

    internal IEnumerable<(string Name, JToken Settings)> Cases =>
        Json["cases"]!.Select(one => ((string)one["name"]!, one));

    internal bool Has(string name) => Tensors.Contains(name);

    internal Tensor Floats(string name) =>
        tensor(Tensors.Floats(name), dtype: ScalarType.Float32, device: CPU)
            .view([.. Tensors.Shape(name).Select(size => (long)size)]);

    internal Tensor Leaf(string name) => Floats(name).requires_grad_();

    internal Tensor Integers(string name) =>
        tensor(Tensors.Integers(name), dtype: ScalarType.Int64, device: CPU)
            .view([.. Tensors.Shape(name).Select(size => (long)size)]);

    /// <summary>A scored trace of which a case has no more than the numbers.</summary>
    internal static ScoredTrace Scored(int index, int group, double reward, float[] logProbs) => new(
        new Trace
        {
            Id = $"trace-{index}",
            Pair = new PairId($"pair-{group}"),
            PromptTokens = [0],
            Tokens = [.. new int[logProbs.Length]],
            LogProbs = [.. logProbs],
            Text = "",
            Finish = FinishReason.Stop,
            Version = new PolicyVersion(0),
        },
        group,
        reward,
        []);

    internal long[][] IntegerRows(string name) => [.. Tensors.Integers(name).Chunk(Tensors.Shape(name)[^1])];

    internal float[][] FloatRows(string name) => Tensors.Rows(name);

    /// <summary>Rows of a matrix in double precision.</summary>
    internal double[][] Rows(string name) =>
        [.. Tensors.Rows(name).Select(row => Array.ConvertAll(row, value => (double)value))];

    /// <summary>A vector in double precision.</summary>
    internal double[] Values(string name) => Array.ConvertAll(Tensors.Floats(name), value => (double)value);

    internal static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.detach().to(ScalarType.Float32).contiguous().bytes).ToArray();
    }

    internal void Close(double expected, double actual, string what) => Assert.True(
        Math.Abs(expected - actual) <= ((double?)Json["tolerance"]?["abs"] ?? 0) + (
            ((double?)Json["tolerance"]?["rel"] ?? 0) * Math.Abs(expected)),
        $"{what}: expected {expected:g9}, got {actual:g9}");

    internal void Close(
        IReadOnlyList<double> expected, IReadOnlyList<double> actual, string what, Func<int, bool>? compared = null)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var i in Enumerable.Range(0, expected.Count).Where(compared ?? (_ => true)))
        {
            Close(expected[i], actual[i], $"{what}[{i}]");
        }
    }

    internal void Close(
        IReadOnlyList<double[]> expected, IReadOnlyList<double[]> actual, string what, Func<int, bool>? compared = null)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var i in Enumerable.Range(0, expected.Count).Where(compared ?? (_ => true)))
        {
            Close(expected[i], actual[i], $"{what}[{i}]");
        }
    }

    internal void Close(string expected, Tensor actual) =>
        Close(Values(expected), Array.ConvertAll(Values(actual), value => (double)value), expected);

    /// <summary>Checks a loss and the gradients of its inputs, each stored under <c>name.grad_input</c>.</summary>
    internal void CheckLoss(JToken settings, Tensor loss, params (string Name, Tensor Leaf)[] inputs)
    {
        Close((double)settings["loss"]!, Values(loss)[0], (string)settings["name"]!);
        loss.backward();
        foreach (var (name, leaf) in inputs)
        {
            Close($"{settings["name"]}.grad_{name}", leaf.grad!);
        }
    }
}
