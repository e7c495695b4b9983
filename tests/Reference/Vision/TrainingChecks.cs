using Newtonsoft.Json.Linq;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>
/// The loss of a language model that sees or hears and the gradients of every parameter, the towers' included.
/// </summary>
internal static class TrainingChecks
{
    private static readonly string[] _towers = ["visual.", "audio_tower.", "multi_modal_projector."];

    public static void Check(VisionCase one)
    {
        using var model = VisionCase.Load(one.ModelFolder);
        model.PositionRule = PositionRule.AfterFrame;
        model.Parameters.AllocateGradients();
        var tolerance = (double)one.Json["tolerance"]!["gradients_abs"]!;
        var whole = (JObject)one.Json["gradients"]!;
        Assert.Equal(
            model.Parameters.Specs.Select(spec => spec.Name).Order(),
            whole.Properties().Select(property => FileName(property.Name)).Order());
        foreach (var checkpointing in new[] { true, false })
        {
            model.Parameters.ZeroGradients();
            Assert.Equal(
                (double)one.Json["loss"]!,
                Backward(one, model, checkpointing),
                (double)one.Json["tolerance"]!["loss"]!);
            foreach (var (name, numbers) in whole)
            {
                var values = VisionCase.Values(model.Parameters[FileName(name)].grad!);
                if (IsLeftAlone(one, FileName(name)))
                {
                    Assert.All(values, value => Assert.Equal(0f, value));
                    continue;
                }

                var stored = one.Tensors.Floats("grad/" + name);
                VisionCase.Close(stored, values.AsSpan(0, stored.Length), tolerance, "gradient of " + name);
                Assert.True(
                    Math.Abs(Math.Sqrt(values.Sum(value => (double)value * value)) - (double)numbers!["l2"]!)
                        <= tolerance * Math.Max(1, (double)numbers["l2"]!),
                    $"norm of the gradient of {name}");
            }
        }

        using var frozen = VisionCase.Load(one.ModelFolder);
        frozen.PositionRule = PositionRule.AfterFrame;
        frozen.IsVisionFrozen = true;
        frozen.Parameters.AllocateGradients();
        Backward(one, frozen, checkpointing: false);
        foreach (var spec in frozen.Parameters.Specs)
        {
            var values = VisionCase.Values(frozen.Parameters[spec.Name].grad!);
            Assert.Equal(
                _towers.Any(tower => spec.Name.StartsWith(tower, StringComparison.Ordinal))
                    ? new float[values.Length]
                    : VisionCase.Values(model.Parameters[spec.Name].grad!),
                values);
        }
    }

    private static double Backward(VisionCase one, CausalLM model, bool checkpointing)
    {
        using var scope = NewDisposeScope();
        var (ids, labels) = (VisionCase.Rows(one.Json["input_ids"]!), VisionCase.Rows(one.Json["labels"]!));
        var targets = labels
            .SelectMany(
                (row, at) => row.Select((label, token) => (label, place: (at * row.Length) + token - 1, token)))
            .Where(target => target.label != -100 && target.token > 0)
            .ToList();
        Tensor Long(IEnumerable<long> values) => tensor(values.ToArray(), dtype: ScalarType.Int64, device: CPU);
        var batch = new TokenBatch(
            VisionCase.Ids(ids),
            Long(targets.Select(target => (long)target.place)),
            Long(targets.Select(target => target.label)),
            ones(targets.Count),
            one.Inputs(model.Config.Media!));
        var pass = new TrainingPass(model, batch, checkpointing);
        var loss = TokenLogProbs
            .Backward(model, pass.HiddenNC, batch.TargetsN, logProbs => -logProbs.mean())
            .ToDouble();
        pass.FinishBackward();
        return loss;
    }

    /// <summary>The name in files of a parameter as the reference model calls it.</summary>
    private static string FileName(string module) => TensorNames.Canonical(module);

    /// <summary>Whether the published class takes a weight out of training.</summary>
    private static bool IsLeftAlone(VisionCase one, string name) =>
        (string?)one.Json["no_gradient_for"] is { } named
        && name.StartsWith(named.Split(' ')[0] + ".", StringComparison.Ordinal);
}
