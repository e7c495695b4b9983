using System.Buffers.Binary;
using System.IO.Compression;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Scenes;

public sealed class ScenesDatasetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_formats_hold_the_same_pairs_of_both_sides()
    {
        var options =
            new ScenesDatasetOptions { Pairs = 40, HeldOut = 10, Seed = 3, Out = _folder.Path, Traces = true };
        Assert.Equal(
            ["train.jsonl", "train.r1-reward.jsonl", "heldout.jsonl", "heldout.r1-reward.jsonl"],
            ScenesDataset.Write(options).Select(Path.GetFileName));
        foreach (var (name, count) in new[] { ("train", 40), ("heldout", 10) })
        {
            var own = PairReader.Read(Path.Combine(_folder.Path, name + ".jsonl")).Pairs;
            var published = PairReader.Read(Path.Combine(_folder.Path, name + ".r1-reward.jsonl")).Pairs;
            Assert.Equal(count, own.Count);
            Assert.All(own, pair => Assert.NotNull(pair.Judgment));
            Assert.Equal(own.Select(Core), published.Select(Core));
        }

        static object Core(PreferencePair pair) => (pair.Question, pair.Response1, pair.Response2, pair.Label);
    }

    [Fact]
    public void Pictures_lie_beside_the_pairs_and_the_question_no_longer_tells_the_scene()
    {
        ScenesDataset.Write(new ScenesDatasetOptions { Pairs = 3, Out = _folder.Path, As = "image" });
        var file = PairReader.Read(Path.Combine(_folder.Path, "train.jsonl"));
        Assert.Empty(file.MediaMissing);
        Assert.All(file.Pairs, pair =>
        {
            Assert.DoesNotContain("Scene", pair.Question);
            Assert.Null(pair.Judgment);
            Assert.True(File.Exists(Path.Combine(_folder.Path, pair.Media.Single().Path)));
        });
    }

    [Fact]
    public void A_picture_shows_each_object_in_its_cell_in_its_colour()
    {
        var scene = new Scene(3,
        [
            new SceneObject(SceneColour.Red, SceneShape.Circle, new SceneCell(0, 0)),
            new SceneObject(SceneColour.Blue, SceneShape.Star, new SceneCell(2, 1)),
            new SceneObject(SceneColour.Green, SceneShape.Triangle, new SceneCell(1, 2)),
        ]);
        var (width, height, rgb) = Decode(SceneImage.Draw(scene));
        Assert.Equal((84, 84), (width, height));
        Assert.Equal(
            scene.Objects.Select(o => o.Cell).Order(ByReading),
            Cells().Where(cell => Centre(cell) != (255, 255, 255)).Order(ByReading));
        Assert.True(
            Centre(new SceneCell(0, 0)).R > 150
                && Centre(new SceneCell(2, 1)).B > 150
                && Centre(new SceneCell(1, 2)).G > 100);

        (int R, int G, int B) Centre(SceneCell cell)
        {
            var at = 3 * ((((cell.Row * 28) + 14) * width) + (cell.Column * 28) + 14);
            return (rgb[at], rgb[at + 1], rgb[at + 2]);
        }

        static IEnumerable<SceneCell> Cells() => Enumerable.Range(0, 9).Select(i => new SceneCell(i % 3, i / 3));
    }

    [Fact]
    public void All_wrong_options_are_named_at_once()
    {
        var options = new ScenesDatasetOptions
        {
            Pairs =
                0, HeldOut =
                    -1, As = "smell", Objects = "many", Grade = 7, Kinds = "count,smell", Grid = 9, Noise = double.NaN,
            Waste = -1,
        };
        var error = Assert.Throws<UserErrorException>(() => ScenesDataset.Write(options));
        Assert.All(
            [
                "--pairs",
                "--heldout",
                "--out",
                "--as",
                "--objects and --grade",
                "--grade 7",
                "--objects many",
                "--kinds",
                "--grid",
                "--noise",
                "--waste",
            ],
            part => Assert.Contains(part, error.Message));
    }

    [Fact]
    public void The_question_may_stand_before_the_scene_where_the_scene_is_words()
    {
        var options = new ScenesDatasetOptions { Pairs = 20, Out = _folder.Path };
        var after = ScenesDataset.Write(options)[0];
        var questions = PairReader.Read(after).Pairs.Select(pair => pair.Question).ToList();
        ScenesDataset.Write(options with { Question = QuestionPlace.Before });
        var turned = PairReader.Read(after).Pairs.Select(pair => pair.Question);

        Assert.Equal(
            questions.Select(question => question.Split(". ")).Select(parts => $"{parts[1]} {parts[0]}."), turned);
        var error = Assert.Throws<UserErrorException>(
            () => ScenesDataset.Write(options with { Question = QuestionPlace.Both, As = "image" }));
        Assert.Contains("--question", error.Message);
    }

    private static readonly Comparer<SceneCell> ByReading = Comparer<SceneCell>.Create(
        (a, b) => (a.Row, a.Column).CompareTo((b.Row, b.Column)));

    /// <summary>Reads what <c>PngWriter</c> writes: one IDAT chunk, no filters.</summary>
    private static (int Width, int Height, byte[] Rgb) Decode(byte[] png)
    {
        var (width, height) = (
            BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        Assert.Equal("IDAT", System.Text.Encoding.ASCII.GetString(png, 37, 4));
        Assert.Equal(0xAE426082, BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(png.Length - 4)));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        return (width, height, [.. rows.ToArray().Chunk((3 * width) + 1).SelectMany(row => row.Skip(1))]);
    }
}
