using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>
/// <c>model.path</c> names a folder as Hugging Face's library or the Hub has it, and the whole job runs on pictures.
/// </summary>
public sealed class PublishedFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Seeing =>
        [.. Folders().Where(Sees).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [FixtureTheory]
    [MemberData(nameof(Seeing))]
    public async Task A_run_learns_from_it_and_leaves_folders_of_the_same_kind(string model)
    {
        var (start, folder) = (Fixtures.Path("models", model), new RunFolder(_folder.At("tiny")));
        var configuration = TinyRun.Configuration(
            _folder.Path, 1, $"r1reward.model.path={start}", "r1reward.data.scenes.as=image",
            "r1reward.data.scenes.grid=3", "r1reward.sft.alignment-steps=1",
            "r1reward.sft.gradient-checkpointing=on", "r1reward.rl.kl-coefficient=0.1", "r1reward.eval.vote-samples=1");

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        foreach (var checkpoint in new[] { "sft", "step-1" }.Select(name => Path.Combine(folder.Checkpoints, name)))
        {
            Assert.Equal(Names(start), Names(checkpoint));
            Assert.All(
                Directory.GetFiles(start)
                    .Select(path => Path.GetFileName(path)!)
                    .Where(
                        file => !file.StartsWith("model", StringComparison.Ordinal)
                            && !file.StartsWith("config.", StringComparison.Ordinal)),
                file =>
                    Assert.Equal(
                        File.ReadAllBytes(Path.Combine(start, file)),
                        File.ReadAllBytes(Path.Combine(checkpoint, file))));
        }
    }

    private static string[] Folders() =>
        Fixtures.SkipReason is null ? Directory.GetDirectories(Fixtures.Path("models")) : [];

    private static IEnumerable<string> Names(string folder) =>
        CheckpointFiles.Open(folder)
            .Shards.SelectMany(shard => shard.Entries)
            .Select(entry => entry.Name)
            .Order(StringComparer.Ordinal);

    /// <summary>Whether a model sees and its folder says how pictures are prepared; some hold weights alone.</summary>
    private static bool Sees(string folder)
    {
        try
        {
            return File.Exists(Path.Combine(folder, "preprocessor_config.json"))
                && ModelConfig.Load(folder).Vision is not null;
        }
        catch (UserErrorException)
        {
            return false;
        }
    }
}
