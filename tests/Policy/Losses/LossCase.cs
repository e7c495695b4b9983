using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Losses;

/// <summary>One file of loss cases: inputs by sub-case, expected numbers and the tolerance between them.</summary>
internal sealed class LossCase
{
    private readonly TensorFile _tensors;

    internal LossCase(string name)
    {
        Json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));
        _tensors = TensorFile.Open(Fixtures.Path("rl-and-rewards", (string)Json["tensors"]!));
    }

    internal JObject Json { get; }

    internal IEnumerable<(string Name, JToken Settings)> Cases => Json["cases"]!.Select(one => ((string)one["name"]!, one));

    internal bool Has(string name) => _tensors.Contains(name);

    internal Tensor Floats(string name) =>
        tensor(_tensors.Floats(name), dtype: ScalarType.Float32, device: CPU).view([.. _tensors.Shape(name).Select(size => (long)size)]);

    internal Tensor Leaf(string name) => Floats(name).requires_grad_();

    internal Tensor Integers(string name) =>
        tensor(_tensors.Integers(name), dtype: ScalarType.Int64, device: CPU).view([.. _tensors.Shape(name).Select(size => (long)size)]);

    internal long[][] IntegerRows(string name) => [.. _tensors.Integers(name).Chunk(_tensors.Shape(name)[^1])];

    internal float[][] FloatRows(string name) => _tensors.Rows(name);

    internal void Close(double expected, double actual, string what) => Assert.True(
        Math.Abs(expected - actual) <= (double)Json["tolerance"]!["abs"]! + ((double)(Json["tolerance"]!["rel"] ?? 0) * Math.Abs(expected)),
        $"{what}: expected {expected:g9}, got {actual:g9}");

    internal void Close(string expected, Tensor actual)
    {
        var (wanted, got) = (_tensors.Floats(expected), Numbers.Values(actual));
        Assert.Equal(wanted.Length, got.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            Close(wanted[i], got[i], $"{expected}[{i}]");
        }
    }

    /// <summary>Checks a loss and the gradients of its inputs, each stored under <c>name.grad_input</c>.</summary>
    internal void CheckLoss(JToken settings, Tensor loss, params (string Name, Tensor Leaf)[] inputs)
    {
        Close((double)settings["loss"]!, Numbers.Values(loss)[0], (string)settings["name"]!);
        loss.backward();
        foreach (var (name, leaf) in inputs)
        {
            Close($"{settings["name"]}.grad_{name}", leaf.grad!);
        }
    }
}
