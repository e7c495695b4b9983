using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Parameters;
using R1Reward.Reference.Tests.Rl;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Heads;

public sealed partial class ScalarHeadTests
{
    [ReferenceTheory("rl-and-rewards", "lightrft_attention_pooling")]
    public void Attention_pooling_agrees_with_the_published_module(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            using var weights = Weights(file, name + ".weights.", "pool.");
            var bias = (bool)settings["position_bias"]! ? (double)settings["position_bias_scale"]! : 0;
            file.Close(
                name + ".pooled",
                AttentionPooling.Apply(
                    file.Floats(name + ".hidden"), null, weights, "pool", (int)settings["num_heads"]!, bias));
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_scalar_model")]
    public void Heads_agree_with_the_published_model_and_can_leave_padding_out(string @case)
    {
        var file = new RlCase(@case);
        var names = file.Json["heads"]!.Select(name => (string)name!).ToList();
        using var scope = NewDisposeScope();
        var pooled = file.Integers("attention_mask").to(ScalarType.Bool);
        foreach (var (name, settings) in file.Cases)
        {
            var config = new ScalarConfig
            {
                Heads = names,
                Pooling = Pooling((string)settings["pooling"]!),
                ProbingLayer = (int)settings["probing_layer"]!,
                ProbingRule = ProbingRule.Published,
                ScaleForTraining = true,
            };
            var layer = config.StatesAfter((int)settings["backbone_layers"]!);
            Assert.Equal((int)settings["hidden_states_index"]!, layer);
            using var heads = Heads(file, config, "state.");
            var hidden = States(file, layer, file.Integers("ids"));
            Check(file, name + ".eval.", names, heads.Score(hidden, null));
            Check(file, name + ".train.", names, heads.Score(hidden, null, training: true));
            Check(file, name + ".eval_masked.", names, heads.Score(hidden, pooled));
        }

        foreach (var wrong in file.Json["out_of_range"]!)
        {
            var config = new ScalarConfig
            {
                ProbingLayer = (int)wrong["probing_layer"]!,
                ProbingRule = ProbingRule.Published,
            };
            Assert.Throws<ArgumentOutOfRangeException>(() => config.StatesAfter((int)file.Json["layers"]!));
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_scalar_model")]
    public void The_norm_of_a_head_has_the_published_epsilon(string @case)
    {
        var file = new RlCase(@case);
        var names = file.Json["heads"]!.Select(name => (string)name!).ToList();
        var said = TinyCase().Match((string)file.Json["tiny_preactivation"]!);
        Assert.True(said.Success);
        var config = new ScalarConfig { Heads = names, Pooling = Pooling(said.Groups["pooling"].Value) };
        using var scope = NewDisposeScope();
        using var heads = Heads(file, config, "state.");
        using (no_grad())
        {
            var factor = double.Parse(said.Groups["factor"].Value, CultureInfo.InvariantCulture);
            foreach (var spec in heads.Parameters.Specs.Where(spec => spec.Name.Contains("_head.0.")))
            {
                heads.Parameters[spec.Name].mul_(factor);
            }
        }

        var layer = int.Parse(said.Groups["layer"].Value, CultureInfo.InvariantCulture);
        Check(file, "tiny_preactivation.eval.", names, heads.Score(States(file, layer, file.Integers("ids")), null));
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_scalar_model")]
    public void Fresh_heads_have_the_published_names_and_scale(string @case)
    {
        var file = new RlCase(@case);
        var config = new ScalarConfig
        {
            Heads = [.. file.Json["heads"]!.Select(name => (string)name!)],
            ScaleForTraining = true,
        };
        using var heads = ScalarHeads.Create(config, file.Tensors.Shape("table")[^1], CPU, seed: 1);
        Assert.Equal(
            file.Json["parameter_names"]!.Select(name => (string)name!),
            heads.Parameters.Specs.Select(spec => spec.Name).Order(StringComparer.Ordinal));
        Assert.All(
            heads.Parameters.Specs.Where(spec => spec.Name.EndsWith("_logit_scale", StringComparison.Ordinal)),
            spec => file.Close(
                (double)file.Json["logit_scale_init"]!, RlCase.Values(heads.Parameters[spec.Name])[0], spec.Name));
    }

    /// <summary>The published substitute for a model: the states after each layer by token.</summary>
    internal static Tensor States(RlCase file, int layer, Tensor idsBT) => States(file, layer, idsBT, "table");

    internal static Tensor States(RlCase file, int layer, Tensor idsBT, string table)
    {
        var states = file.Floats(table).select(0, layer);
        return states.index_select(0, idsBT.reshape(-1)).view(idsBT.size(0), idsBT.size(1), -1);
    }

    /// <summary>Heads whose weights stand in a case under a prefix.</summary>
    internal static ScalarHeads Heads(RlCase file, ScalarConfig config, string prefix)
    {
        var width = file.Tensors.Shape($"{prefix}{config.Heads[0]}_head.0.weight")[1];
        var heads = new ScalarHeads(config, width, CPU);
        Fill(file, heads.Parameters, prefix, "");
        return heads;
    }

    private static ParameterTable Weights(RlCase file, string prefix, string ours)
    {
        var table = new ParameterTable(
            [
                .. file.Tensors.Names
                    .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(name => new ParameterSpec(
                        ours + name[prefix.Length..],
                        [.. file.Tensors.Shape(name).Select(size => (long)size)],
                        ParameterStart.Zeros)),
            ],
            CPU,
            ScalarType.Float32);
        Fill(file, table, prefix, ours);
        return table;
    }

    private static void Fill(RlCase file, ParameterTable table, string prefix, string ours)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var spec in table.Specs)
        {
            table[spec.Name].copy_(file.Floats(prefix + spec.Name[ours.Length..]));
        }
    }

    private static ScalarPooling Pooling(string name) =>
        name == "attn" ? ScalarPooling.Attention : Enum.Parse<ScalarPooling>(name, ignoreCase: true);

    private static void Check(RlCase file, string prefix, IReadOnlyList<string> names, Tensor scoresBH)
    {
        foreach (var (head, name) in names.Index().Where(one => file.Has(prefix + one.Item)))
        {
            file.Close(prefix + name, scoresBH.select(1, head));
        }
    }

    [GeneratedRegex(
        @"^pooling (?<pooling>\w+), layer (?<layer>[0-9]+), scale off, first linear layer's weight and bias "
        + @"multiplied by (?<factor>[0-9.e+-]+)")]
    private static partial Regex TinyCase();
}
