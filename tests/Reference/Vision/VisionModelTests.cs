using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Vision;
using R1Reward.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>
/// Whole models that see, against the reference implementation: every stage from the patches to greedy decoding and
/// gradients.
/// </summary>
public sealed class VisionModelTests
{
    [ReferenceTheory("vision-audio", "*/*")]
    public void Case(string name)
    {
        using var scope = NewDisposeScope();
        var one = VisionCase.Open(name);
        switch ((string)one.Json["kind"]!)
        {
            case "model-outputs":
                CheckOutputs(one);
                break;
            case "lm-loss-gradients":
                TrainingChecks.Check(one);
                break;
            case "processor":
                PromptChecks.Check(one);
                break;
            case var other:
                Assert.Fail($"cases of kind {other} are not known");
                break;
        }
    }

    private static void CheckOutputs(VisionCase one)
    {
        using var model = VisionCase.Load(one.ModelFolder);
        model.PositionRule = PositionRule.AfterFrame;
        var config = model.Config.Media!;
        var inputs = one.Inputs(config);
        var ids = VisionCase.Rows(one.Prompt["input_ids"]!);
        var mask = one.Prompt["attention_mask"] is { } stored
            ? VisionCase.Rows(stored)
            : Array.ConvertAll(ids, row => Array.ConvertAll(row, _ => 1L));
        CheckPositions(one.Json, ids, mask, inputs, config, PositionRule.AfterFrame);
        SoundCase.CheckTower(one, model);
        CheckTower(one, model, MediaKind.Image, "image", "image_grid_thw", "pixel_values");
        CheckTower(one, model, MediaKind.Video, "video", "video_grid_thw", "pixel_values_videos");

        var hidden = model.Hidden(VisionCase.Ids(ids), VisionCase.Ids(mask), inputs);
        string[] names = [$"hidden_states.{model.Config.Layers}", "hidden_states.last"];
        CheckHidden(one, hidden, mask, names.First(one.Tensors.Contains));
        if (one.Tensors.Contains("inputs_embeds"))
        {
            var (stream, _) = model.Begin(VisionCase.Ids(ids), VisionCase.Ids(mask), inputs);
            CheckHidden(one, stream, mask, "inputs_embeds");
        }

        CheckLogits(one, model, hidden, "logits_selected");
        CheckGreedy(one, model, ids, mask, inputs);

        if (one.Json["right_padded"] is JObject right)
        {
            var (rightIds, rightMask) = (
                VisionCase.Rows(right["input_ids"]!),
                VisionCase.Rows(right["attention_mask"]!));
            CheckPositions(right, rightIds, rightMask, inputs, config, PositionRule.AfterFrame);
            CheckShifted(
                hidden,
                mask,
                model.Hidden(VisionCase.Ids(rightIds), VisionCase.Ids(rightMask), inputs),
                rightMask,
                (double)one.Json["tolerance"]!);
            CheckShifted(
                hidden,
                mask,
                model.Hidden(VisionCase.Ids(rightIds), null, inputs),
                rightMask,
                (double)one.Json["tolerance"]!);
        }

        foreach (var (named, older) in one.Json["older_position_rules"] as JObject ?? [])
        {
            model.PositionRule = PositionTests.RuleOf(named);
            CheckPositions((JObject)older!, ids, mask, inputs, config, model.PositionRule);
            CheckLogits(
                one,
                model,
                model.Hidden(VisionCase.Ids(ids), VisionCase.Ids(mask), inputs),
                (string)older!["logits"]!);
        }

        if ((string?)one.Json["also"] is { } also)
        {
            using var same = VisionCase.Load(Fixtures.Path(also.Split('/')));
            same.PositionRule = PositionRule.AfterFrame;
            Assert.Equal(
                VisionCase.Values(hidden),
                VisionCase.Values(same.Hidden(VisionCase.Ids(ids), VisionCase.Ids(mask), inputs)));
            Assert.Equal(
                model.Config.Vision! with
                {
                    RotarySections = [],
                    FullAttentionBlocks = [],
                },
                same.Config.Vision! with
                {
                    RotarySections = [],
                    FullAttentionBlocks = [],
                });
        }
    }

    private static void CheckPositions(
        JObject expected,
        long[][] ids,
        long[][] mask,
        MediaInputs? inputs,
        MediaConfig config,
        PositionRule rule)
    {
        var shown = inputs ?? new MediaInputs([.. ids.Select(_ => Array.Empty<MediaPatches>())]);
        var positions = MediaPositions.Compute(
            [.. ids.SelectMany(row => row)],
            [.. mask.SelectMany(row => row)],
            shown,
            config,
            rule);
        if (expected["position_ids"] is null)
        {
            Assert.All(positions.Deltas, delta => Assert.Equal(0, delta));
            return;
        }

        Assert.Equal(expected["rope_deltas"]?.ToObject<int[]>() ?? positions.Deltas, positions.Deltas);
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.Equal(
                VisionCase.Rows(expected["position_ids"]![axis]!).SelectMany(row => row),
                positions.Axes[axis]);
        }
    }

    private static void CheckTower(
        VisionCase one,
        CausalLM model,
        MediaKind kind,
        string name,
        string grids,
        string pixels)
    {
        var media = one.Media(kind, grids, pixels).ToList();
        if (media.Count == 0 || !one.Tensors.Contains($"visual.{name}.merged"))
        {
            return;
        }

        var (config, tolerance) = (model.Config.Vision!, (double)one.Json["tolerance"]!);
        var order = new PatchOrder([.. media.Select(item => item.Grid)], config);
        Assert.Equal(
            one.Tensors.Integers($"vision.{name}.position_ids_hw"),
            order.Rows.Zip(order.Columns).SelectMany(place => new[] { place.First, place.Second }));
        Assert.Equal(one.Tensors.Integers($"vision.{name}.cu_seqlens"), Boundaries(order.Frames));
        if (one.Tensors.Contains($"vision.{name}.window_index"))
        {
            Assert.Equal(one.Tensors.Integers($"vision.{name}.window_index"), order.Groups);
            Assert.Equal(one.Tensors.Integers($"vision.{name}.cu_window_seqlens"), Boundaries(order.Windows));
        }

        using var tower = new VisionTower(config, new LinearLayers(model.Parameters));
        var patches = tensor(
                media.SelectMany(item => item.Values).ToArray(),
                dtype: ScalarType.Float32,
                device: CPU)
            .view(-1, config.PatchValues);
        var (x, pass) = tower.Begin(patches, order);
        var tokens = new Tensor[tower.MergedBlocks.Count];
        for (var block = 0; block < tower.Depth; block++)
        {
            x = tower.RunBlock(block, x, pass);
            Same($"visual.block{block}", x);
            foreach (var merger in tower.MergedBlocks.Index().Where(merged => merged.Item == block))
            {
                tokens[merger.Index] = tower.Merge(merger.Index, x, order);
            }
        }

        Assert.True(one.Tensors.Contains($"visual.{name}.merged"));
        Same($"visual.{name}.last_hidden_state", x);
        Same($"visual.{name}.merged", tokens[0]);
        for (var deep = 1; deep < tokens.Length; deep++)
        {
            Assert.True(one.Tensors.Contains($"visual.{name}.deepstack{deep - 1}"));
            Same($"visual.{name}.deepstack{deep - 1}", tokens[deep]);
        }

        void Same(string stored, Tensor computed)
        {
            if (one.Tensors.Contains(stored))
            {
                VisionCase.Close(one.Tensors.Floats(stored), VisionCase.Values(computed), tolerance, stored);
            }
        }
    }

    private static IEnumerable<long> Boundaries(int[] lengths)
    {
        var sum = 0L;
        return lengths.Select(length => sum += length).Prepend(0);
    }

    private static void CheckHidden(VisionCase one, Tensor hidden, long[][] mask, string name)
    {
        var (expected, actual) = (one.Tensors.Floats(name), VisionCase.Values(hidden));
        var width = expected.Length / mask.Sum(row => row.Length);
        foreach (
            var (real, at) in mask.SelectMany(row => row)
                .Select((real, at) => (real, at))
                .Where(token => token.real != 0))
        {
            VisionCase.Close(
                expected.AsSpan(at * width, width),
                actual.AsSpan(at * width, width),
                (double)one.Json["tolerance"]!,
                $"{name} at token {at}");
        }
    }

    private static void CheckLogits(VisionCase one, CausalLM model, Tensor hidden, string name)
    {
        var tokens = hidden.size(1);
        var places = one.Json["logits_at"]!
            .SelectMany((row, at) => row.Select(token => (at * tokens) + (long)token))
            .ToArray();
        var chosen = hidden
            .view(-1, hidden.size(2))
            .index_select(0, tensor(places, dtype: ScalarType.Int64, device: CPU));
        VisionCase.Close(
            one.Tensors.Floats(name),
            VisionCase.Values(model.Logits(chosen)),
            (double)one.Json["tolerance"]!,
            name);
    }

    private static void CheckShifted(Tensor left, long[][] leftMask, Tensor right, long[][] rightMask, double tolerance)
    {
        for (var row = 0; row < leftMask.Length; row++)
        {
            Tensor Real(Tensor all, long[] mask) =>
                all[row]
                    .index_select(
                        0,
                        tensor(
                            mask.Select((real, at) => (real, at))
                                .Where(token => token.real != 0)
                                .Select(token => (long)token.at)
                                .ToArray(),
                            dtype: ScalarType.Int64,
                            device: CPU));
            VisionCase.Close(
                VisionCase.Values(Real(left, leftMask[row])),
                VisionCase.Values(Real(right, rightMask[row])),
                tolerance,
                $"row {row} padded on the right");
        }
    }

    private static void CheckGreedy(VisionCase one, CausalLM model, long[][] ids, long[][] mask, MediaInputs? inputs)
    {
        var rows = ids.Select((row, at) => row.Where((_, token) => mask[at][token] != 0).ToArray()).ToArray();
        var lengths = Array.ConvertAll(rows, row => row.Length);
        var padded = rows.Select(row => row.Concat(new long[lengths.Max() - row.Length]).ToArray()).ToArray();
        var expected = VisionCase.Rows(one.Json["greedy"]!["new_tokens"]!);
        var steps = one.Json["greedy"]!["logits_per_step_are_steps"]!.ToObject<int[]>()!;
        var stored = one.Tensors.Floats("greedy.logits_per_step");
        using var cache = new KvCache(
            model.Config,
            rows.Length,
            lengths.Max() + expected[0].Length,
            CPU,
            ScalarType.Float32);
        var hidden = model.Prefill(VisionCase.Ids(padded), lengths, cache, 1, inputs);
        for (var step = 0; step < expected[0].Length; step++)
        {
            var logits = model.Logits(hidden);
            var vocabulary = (int)logits.size(1);
            var tokens = logits.argmax(-1);
            Assert.Equal(
                expected.Select(row => row[step]),
                Enumerable.Range(0, rows.Length).Select(row => tokens[row].ToInt64()));
            if (Array.IndexOf(steps, step) is >= 0 and var place)
            {
                for (var row = 0; row < rows.Length; row++)
                {
                    VisionCase.Close(
                        stored.AsSpan(((row * steps.Length) + place) * vocabulary, vocabulary),
                        VisionCase.Values(logits[row]),
                        (double)one.Json["tolerance"]!,
                        $"greedy step {step} row {row}");
                }
            }

            hidden = model.Decode(tokens, cache);
        }
    }
}
