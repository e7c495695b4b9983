using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Scenes;

public sealed class SceneSoundTests
{
    private static readonly SceneGenerator _generator = new(
        1, new SceneOptions { Grid = 3, Form = SceneForm.Sound, Noise = 0 });

    [Fact]
    public async Task Cells_are_heard_in_reading_order_and_those_without_an_object_are_silent()
    {
        for (var i = 0; i < 20; i++)
        {
            var scene = _generator.Generate(SceneSide.Train, i).Scene;
            var sound = await new SoundDecoder().ReadAsync(SceneSound.Play(scene), 60, default);
            var length = sound.Samples.Length / 9;

            Assert.Equal(9 * SceneSound.CellSeconds, sound.Samples.Length / (double)sound.Rate, 6);
            Assert.Equal(
                scene.Objects.Select(heard => (3 * heard.Cell.Row) + heard.Cell.Column),
                Enumerable.Range(0, 9).Where(cell =>
                    sound.Samples.AsSpan(cell * length, length).ContainsAnyExcept(0f)));
        }
    }

    [Fact]
    public void Every_colour_and_shape_sounds_unlike_the_others()
    {
        var looks =
            from colour in Enum.GetValues<SceneColour>()
            from shape in Enum.GetValues<SceneShape>()
            select SceneSound.Play(new Scene(3, [new SceneObject(colour, shape, new SceneCell(0, 0))]));

        Assert.Equal(16, looks.Select(Convert.ToBase64String).Distinct().Count());
    }

    [Fact]
    public async Task Noise_has_the_length_of_a_scene_and_nothing_of_it()
    {
        var decoder = new SoundDecoder();
        var noise = await decoder.ReadAsync(SceneSound.Noise(3, CounterRandom.For(1, "a")), 60, default);
        var other = await decoder.ReadAsync(SceneSound.Noise(3, CounterRandom.For(1, "b")), 60, default);
        var scene = await decoder.ReadAsync(
            SceneSound.Play(_generator.Generate(SceneSide.Train, 0).Scene), 60, default);

        Assert.Equal((scene.Rate, scene.Samples.Length), (noise.Rate, noise.Samples.Length));
        Assert.NotEqual(noise.Samples, other.Samples);
        Assert.InRange(noise.Samples.Average(), -0.02, 0.02);
    }

    [Fact]
    public void A_data_set_of_sounds_has_them_in_a_folder_of_their_own()
    {
        using var folder = new TempFolder();
        ScenesDataset.Write(new ScenesDatasetOptions { Pairs = 2, Out = folder.Path, As = "sound" });

        Assert.Equal(
            ["train-000000.wav", "train-000001.wav"],
            Directory.GetFiles(folder.At("sounds")).Select(path => Path.GetFileName(path)).Order());
        var pair = R1Reward.Data.Formats.PairReader.Read(folder.At("train.jsonl")).Pairs[0];
        Assert.Equal(MediaKind.Audio, Assert.Single(pair.Media).Kind);
    }
}
