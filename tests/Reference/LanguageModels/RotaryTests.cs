using Newtonsoft.Json.Linq;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class RotaryTests
{
    [ReferenceTheory("language-models", "rope-*")]
    public void Frequencies_and_angles_agree(string name)
    {
        var one = new LanguageModelCase(name);
        foreach (var expected in one.Json["cases"]!)
        {
            using var scope = NewDisposeScope();
            var problems = new List<string>();
            var config = RotaryConfigReader.Read(
                new ConfigSection(new JObject { ["rope_parameters"] = expected["rope_parameters"] }, problems),
                (int)expected["max_position_embeddings"]!);
            Assert.Empty(problems);
            var (what, size) = ((string)expected["name"]!, (int)expected["head_dim"]!);
            Numbers.Close(
                expected["inv_freq"]!.ToObject<float[]>()!,
                RotaryFrequencies.Compute(config, size),
                one.Tolerance,
                what);
            Assert.Equal((double)expected["attention_scaling"]!, RotaryFrequencies.Scaling(config), one.Tolerance);

            using var table = new RotaryTable(config, size, CPU, ScalarType.Float32);
            var positions = expected["positions"]!.ToObject<long[]>()!;
            var (cos, sin) = table.At(tensor(positions, dtype: ScalarType.Int64, device: CPU), (int)positions.Max());
            var tolerance = (double)one.Json["tolerance_cos_sin"]!;
            Numbers.Close(Flat(expected["cos"]!), Numbers.Values(cos), tolerance, what + " cosines");
            var halves = sin.chunk(2, -1);
            Numbers.Close(
                Flat(expected["sin"]!),
                Numbers.Values(cat([halves[0].neg(), halves[1]], -1)),
                tolerance,
                what + " sines");
        }
    }

    private static float[] Flat(JToken rows) => [.. rows.ToObject<float[][]>()!.SelectMany(row => row)];
}
