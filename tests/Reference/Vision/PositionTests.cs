using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using Xunit;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>Three-axis positions of made-up layouts under every rule.</summary>
public sealed class PositionTests
{
    private const int Text = 0, Image = 1, Video = 2;

    [ReferenceTheory("vision-audio", "positions*")]
    public void Layouts(string name)
    {
        var json = VisionCase.Open(name).Json;
        foreach (var row in json["rows"]!.Cast<JObject>())
        {
            Check(row, row, PositionRule.AfterFrame, (int)json["merge_size"]!);
            foreach (
                var rule in row.Properties()
                    .Where(property => property.Name.StartsWith("after_largest", StringComparison.Ordinal)))
            {
                Check(row, rule.Value as JObject ?? row, RuleOf(rule.Name), (int)json["merge_size"]!);
            }
        }
    }

    internal static PositionRule RuleOf(string name) =>
        Enum.Parse<PositionRule>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static void Check(JObject row, JObject expected, PositionRule rule, int mergeSize)
    {
        var (ids, media) = (new List<long>(), new List<MediaPatches>());
        foreach (var segment in row["segments"]!)
        {
            if ((string)segment[0]! == "text")
            {
                ids.AddRange(Enumerable.Repeat((long)Text, (int)segment[1]!));
                continue;
            }

            var kind = (string)segment[0]! == "image" ? MediaKind.Image : MediaKind.Video;
            media.Add(
                new MediaPatches(
                    kind,
                    [],
                    new PatchGrid((int)segment[1]!, (int)segment[2]!, (int)segment[3]!),
                    (double?)segment.ElementAtOrDefault(4) ?? 0));
            ids.AddRange(
                Enumerable.Repeat(kind == MediaKind.Image ? (long)Image : Video, media[^1].Grid.Tokens(mergeSize)));
        }

        var positions = MediaPositions.Compute(
            [.. ids],
            default,
            new MediaInputs([media]),
            new MediaConfig(Config(row, mergeSize)),
            rule);
        Assert.Equal((int)expected["rope_delta"]!, positions.Deltas[0]);
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.Equal(expected["position_ids"]![axis]!.ToObject<long[]>(), positions.Axes[axis]);
        }
    }

    private static VisionConfig Config(JObject row, int mergeSize) => new()
    {
        Family = (string)row["family"]! switch
        {
            "qwen2-vl" => VisionFamily.Qwen2,
            "qwen2.5-vl" => VisionFamily.Qwen25,
            var other => throw new InvalidOperationException($"family {other} is not known"),
        },
        Depth = 1,
        Width = 8,
        OutputWidth = 8,
        Heads = 1,
        IntermediateSize = 8,
        MergeSize = mergeSize,
        TokensPerSecond = (double?)row["tokens_per_second"] ?? 0,
        RotarySections = [1, 1, 2],
        ImageTokenId = Image,
        VideoTokenId = Video,
    };
}
