using Newtonsoft.Json.Linq;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Audio;
using R1Reward.Policy.Models.Layers;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>The sounds of a case, and what an audio tower makes of them.</summary>
internal static class SoundCase
{
    private const string Section = "vision-audio";

    /// <summary>The stored features of each clip, with the columns after them that are all silence.</summary>
    internal static IEnumerable<SoundFeatures> Sounds(JObject json)
    {
        if (json["input_features"] is not JObject inputs)
        {
            yield break;
        }

        var file = ((string)inputs["from"]!).Split(".json")[0];
        var about = JObject.Parse(File.ReadAllText(Fixtures.Path(Section, file + ".json")));
        var tensors = TensorFile.Open(Fixtures.Path(Section, file + ".safetensors"));
        var lengths = json["feature_attention_mask_lengths"] ?? inputs["lengths"]!;
        foreach (var (index, clip) in inputs["clips"]!.Index())
        {
            var one = about["cases"]!.Single(known => (string)known["name"]! == (string)clip!);
            var head = (string?)one["first_columns_equal"] ?? (string)clip!;
            var (stored, values) = (tensors.Shape(head + ":features"), tensors.Floats(head + ":features"));
            var (bins, columns) = (stored[0], (int)lengths[index]!);
            var width = Math.Min((int)one["features_shape"]![1]!, columns + 2);
            var silence = (float?)one["constant_value"] ?? float.NaN;
            var features = new float[bins * width];
            for (var i = 0; i < features.Length; i++)
            {
                var column = i % width;
                features[i] = column < stored[1] ? values[(i / width * stored[1]) + column] : silence;
            }

            yield return new SoundFeatures(features, bins, columns);
        }
    }

    /// <summary>Layers and tokens of the audio tower, where a case has them.</summary>
    internal static void CheckTower(VisionCase one, CausalLM model)
    {
        var sounds = Sounds(one.Json).ToList();
        if (sounds.Count == 0)
        {
            return;
        }

        var config = model.Config.Audio!;
        var tolerance = (double)one.Json["tolerance"]!;
        using var tower = new AudioTower(config, new LinearLayers(model.Parameters));
        var pieces = new SoundPieces(sounds, config);
        var (x, segments) = tower.Begin(pieces);
        for (var layer = 0; layer < tower.Depth; layer++)
        {
            x = tower.RunLayer(layer, x, segments);
            Compare(one, $"audio_tower.layer{layer}", x, [.. sounds.Select(sound => sound.Positions)], tolerance);
        }

        var tokens = tower.Finish(x, pieces);
        int[] counts = [.. sounds.Select(sound => sound.Tokens)];
        Xunit.Assert.Equal(one.Json["audio_tokens"]?.ToObject<int[]>() ?? counts, counts);
        Compare(one, "projector", tokens, counts, tolerance);
        if (one.Tensors.Contains("audio_tower.output"))
        {
            VisionCase.Close(
                one.Tensors.Floats("audio_tower.output"), VisionCase.Values(tokens), tolerance, "audio tokens");
        }
    }

    /// <summary>Compares the real rows of clips (clips, rows, width) with rows one clip after the other.</summary>
    private static void Compare(VisionCase one, string name, Tensor rows, int[] counts, double tolerance)
    {
        if (!one.Tensors.Contains(name))
        {
            return;
        }

        var (expected, shape, actual) = (one.Tensors.Floats(name), one.Tensors.Shape(name), VisionCase.Values(rows));
        var first = 0;
        foreach (var (clip, count) in counts.Index())
        {
            var length = Math.Min(count, shape[1]) * shape[2];
            VisionCase.Close(
                expected.AsSpan(clip * shape[1] * shape[2], length),
                actual.AsSpan(first * shape[2], length),
                tolerance,
                $"{name} of clip {clip}");
            first += count;
        }
    }
}
