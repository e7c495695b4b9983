using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Data.Scenes;

/// <summary>
/// Writes a data set of scenes: <c>train.jsonl</c> and, where asked for, <c>heldout.jsonl</c> in the project's own
/// format, both also as <c>*.r1-reward.jsonl</c> under template T1, and the pictures in <c>images/</c> or the
/// sounds in <c>sounds/</c>.
/// </summary>
public static class ScenesDataset
{
    /// <summary>Writes all files and returns their paths, media left out.</summary>
    /// <param name="options">What is written, and where.</param>
    /// <param name="progress">Hears how many pairs are made.</param>
    /// <exception cref="UserErrorException">The options are wrong, or the folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(ScenesDatasetOptions options, IProgress<int>? progress = null)
    {
        var generator = new SceneGenerator(options.Seed, options.Check());
        try
        {
            return
            [
                .. Write(SceneSide.Train, options.Pairs, 0, "train"),
                .. Write(SceneSide.HeldOut, options.HeldOut, options.Pairs, "heldout"),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"{options.Out}: cannot be written ({error.Message.TrimEnd('.')}); name another folder with --out",
                error);
        }

        IEnumerable<string> Write(SceneSide side, int count, int before, string name) =>
            ScenesDataset.Write(generator, side, count, options.Out, name, made => progress?.Report(before + made));
    }

    private static IEnumerable<string> Write(
        SceneGenerator generator, SceneSide side, int count, string folder, string name, Action<int> onMade)
    {
        if (count == 0)
        {
            yield break;
        }

        var pairs = new List<PreferencePair>(count);
        for (var i = 0; i < count; i++)
        {
            var example = generator.Generate(side, i);
            foreach (var medium in example.Pair.Media)
            {
                var path = Path.Combine(folder, medium.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(
                    path,
                    medium.Kind == MediaKind.Audio ? SceneSound.Play(example.Scene) : SceneImage.Draw(example.Scene));
            }

            pairs.Add(example.Pair);
            onMade(pairs.Count);
        }

        var own = Path.Combine(folder, name + ".jsonl");
        PairWriter.WritePairs(own, pairs);
        yield return own;
        var published = Path.Combine(folder, name + ".r1-reward.jsonl");
        PairWriter.WriteR1Reward(published, pairs, PromptTemplate.R1Pairwise);
        yield return published;
    }
}
