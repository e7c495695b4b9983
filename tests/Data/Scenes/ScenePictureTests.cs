using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;

namespace R1Reward.Data.Tests.Scenes;

public sealed class ScenePictureTests
{
    private static readonly SceneGenerator _generator = new(
        1, new SceneOptions { Grid = 3, Form = SceneForm.Image, Noise = 0 });

    [Fact]
    public void A_description_names_every_cell_in_reading_order_with_what_it_holds()
    {
        for (var i = 0; i < 20; i++)
        {
            var scene = _generator.Generate(SceneSide.Train, i).Scene;
            var cells = SceneDescription.Write(scene).Split(", ").Select(part => part.Split(' ', 2)).ToList();

            Assert.Equal("a1 b1 c1 a2 b2 c2 a3 b3 c3", string.Join(' ', cells.Select(cell => cell[0])));
            Assert.Equal(
                scene.Objects.Select(seen => $"{seen.Cell} {seen.Words}"),
                cells.Where(cell => cell[1] != "no").Select(cell => $"{cell[0]} {cell[1]}"));
        }
    }

    [Fact]
    public void A_trace_about_a_picture_names_the_cell_of_each_object_before_it_looks()
    {
        var example = _generator.Generate(SceneSide.Train, 4);
        var looks = example.Pair.Judgment!.Split("look:")[1].Split(';');

        Assert.All(
            example.Scene.Objects.Zip(looks),
            pair => Assert.StartsWith($" {pair.First.Cell} ", pair.Second, StringComparison.Ordinal));
        Assert.DoesNotContain(
            $"{example.Scene.Objects[0].Cell}",
            new SceneGenerator(1, new SceneOptions { Grid = 3, Noise = 0 }).Pair(SceneSide.Train, 4).Judgment);
    }

    [Fact]
    public void Noise_has_the_size_of_a_scene_and_nothing_of_it()
    {
        var decoder = new MediaDecoder();
        var noise = decoder.Picture(SceneImage.Noise(3, CounterRandom.For(1, "a")));
        var other = decoder.Picture(SceneImage.Noise(3, CounterRandom.For(1, "b")));
        var scene = decoder.Picture(SceneImage.Draw(_generator.Generate(SceneSide.Train, 0).Scene));

        Assert.Equal((scene.Width, scene.Height), (noise.Width, noise.Height));
        Assert.NotEqual(noise.Rgb, other.Rgb);
        Assert.InRange(noise.Rgb.Average(level => level), 120, 135);
    }
}
