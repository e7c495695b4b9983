using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using R1Reward.Tests.Support;
using Xunit;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>One case of the vision fixtures, with the prompts and pixels that it refers to.</summary>
internal sealed class VisionCase
{
    private const string Section = "vision-audio";
    private readonly string _name;
    private TensorFile? _tensors;

    private VisionCase(string name)
    {
        _name = name;
        Json = Read(name + ".json");
        Prompt = (string?)Json["inputs"] is { } inputs ? Read(inputs) : Json;
    }

    internal JObject Json { get; }

    /// <summary>Where ids, masks, grids and pixels are: the case itself or the prompt that it names.</summary>
    internal JObject Prompt { get; }

    internal TensorFile Tensors => _tensors ??= TensorFile.Open(Fixtures.Path(Section, _name + ".safetensors"));

    internal string ModelFolder => Fixtures.Path(((string)Json["model"]!).Split('/'));

    internal static VisionCase Open(string name) => new(name);

    internal static CausalLM Load(string folder) => Checkpoint.Load(folder, CPU, ScalarType.Float32);

    internal static long[][] Rows(JToken json) => json.ToObject<long[][]>()!;

    /// <summary>The media of each row, cut from the stored pixels in the order of the placeholders.</summary>
    internal MediaInputs? Inputs(MediaConfig config)
    {
        var images = new Queue<MediaPatches>(Media(MediaKind.Image, "image_grid_thw", "pixel_values"));
        var videos = new Queue<MediaPatches>(Media(MediaKind.Video, "video_grid_thw", "pixel_values_videos"));
        var sounds = new Queue<SoundFeatures>(SoundCase.Sounds(Json));
        var rows = Rows(Prompt["input_ids"]!).Select(ids =>
        {
            var row = new List<MediaFeatures>();
            var rest = 0;
            foreach (var kind in ids.Select(config.KindOf).OfType<MediaKind>())
            {
                if (rest == 0)
                {
                    row.Add(kind switch
                    {
                        MediaKind.Audio => sounds.Dequeue(),
                        MediaKind.Image => images.Dequeue(),
                        _ => videos.Dequeue(),
                    });
                    rest = config.TokensOf(row[^1]);
                }

                rest--;
            }

            return (IReadOnlyList<MediaFeatures>)row;
        }).ToList();
        Assert.Empty(images.Concat(videos).Concat<MediaFeatures>(sounds));
        return MediaInputs.From(rows);
    }

    internal IEnumerable<MediaPatches> Media(MediaKind kind, string grids, string pixels)
    {
        if (Prompt[grids] is null or { HasValues: false })
        {
            yield break;
        }

        var stored = Prompt["pixels"]![pixels]!;
        var (from, names) = stored is JArray
            ? ((string)Json["pixels_from"]!, stored)
            : ((string)stored["from"]!, stored["concatenate"]!);
        var folder = Path.GetDirectoryName(Fixtures.Path(Section, (string?)Json["inputs"] ?? _name + ".json"))!;
        var file = new[]
        {
            Path.Combine(folder, from),
            Fixtures.Path(Section, from),
        }.First(File.Exists);
        var tensors = TensorFile.Open(file);
        ReadOnlyMemory<float> values = names
            .SelectMany(name => tensors.Floats((string)name!))
            .ToArray();
        var sizes = Prompt[grids]!.Select(one => new PatchGrid((int)one[0]!, (int)one[1]!, (int)one[2]!)).ToList();
        var width = values.Length / sizes.Sum(grid => grid.Patches);
        for (var i = 0; i < sizes.Count; i++)
        {
            var stated = Prompt["second_per_grid_ts"] ?? Prompt["video_second_per_grid"];
            var seconds = kind == MediaKind.Video ? (double?)stated?[i] ?? 1 : 0;
            yield return new MediaPatches(kind, values[..(width * sizes[i].Patches)].ToArray(), sizes[i], seconds)
            {
                Times = kind == MediaKind.Video && Prompt["videos"]?[i] is { } video ? Times(video, sizes[i]) : [],
            };
            values = values[(width * sizes[i].Patches)..];
        }
    }

    private static IReadOnlyList<double> Times(JToken video, PatchGrid grid)
    {
        var indices = video["frames_indices"]!.ToObject<int[]>()!;
        var depth = (indices.Length + grid.Groups - 1) / grid.Groups;
        return VideoTimes.OfGroups(indices, (double)video["source_fps"]!, depth);
    }

    internal static Tensor Ids(long[][] rows) =>
        tensor(rows.SelectMany(row => row).ToArray(), dtype: ScalarType.Int64, device: CPU).view(rows.Length, -1);

    internal static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.detach().to(ScalarType.Float32).contiguous().bytes).ToArray();
    }

    internal static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"{what}[{i}]: expected {expected[i]}, got {actual[i]}");
        }
    }

    private static JObject Read(string file) => JObject.Parse(File.ReadAllText(Fixtures.Path(Section, file)));
}
