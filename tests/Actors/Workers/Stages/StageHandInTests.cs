using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.Stages;

/// <summary>Stages whose model is written while the worker that was to hand it in is lost.</summary>
public sealed class StageHandInTests : IDisposable
{
    private readonly StageBench _stages = new();

    public void Dispose() => _stages.Dispose();

    /// <summary>By those that made it together, by one that has none of it, and where one alone has made it.</summary>
    [Theory]
    [InlineData("sft", "none", "0 1 2", "1 2")]
    [InlineData("sft", "parameters", "0 1 2", "2 3")]
    [InlineData("srm", "gradients", "0 1", "3")]
    [InlineData("srm", "none", "0", "1")]
    public async Task Another_worker_hands_in_what_is_trained(
        string stage, string sharding, string before, string after)
    {
        var made = new Dictionary<int, IReadOnlyDictionary<string, double>>();
        var reported = new List<IReadOnlyDictionary<string, double>>();
        WorkResult? lost = null;
        WorkResult? found = null;
        await _stages.TrainAsync(
            stage,
            "together",
            async (_, run) =>
            {
                lost = (await run(1, Nodes(before), (step, figures) => made[step] = figures))[0];
                var ended = await run(2, Nodes(after), (_, figures) => reported.Add(figures));
                found = ended[0];
                return ended;
            },
            StageBench.Sharded(stage, sharding));

        // Another training would have taken another time, and another claim.
        Assert.EndsWith(".e1a1", CheckpointOf(found), StringComparison.Ordinal);
        Assert.Equal(WireJson.Write(lost!), WireJson.Write(found!));
        Assert.Equal(made.OrderBy(one => one.Key).Select(one => one.Value), reported);

        static int[] Nodes(string names) => [.. names.Split(' ').Select(int.Parse)];
    }

    /// <summary>One of so many steps is what the stage is to come to; another one is not.</summary>
    [Fact]
    public void What_is_trained_is_the_newest_model_of_as_many_steps()
    {
        using var runs = new TempFolder();
        var folder = new RunFolder(runs.Path);
        Assert.Null(FinishedStage.Find(folder, RunFolder.ColdStart, 4));
        foreach (var (claim, steps) in new[] { ("e1a2", 4), ("e2a1", 4), ("e1a10", 4) })
        {
            Finish(RunFolder.ColdStart + "." + claim, steps);
        }

        Directory.CreateDirectory(folder.Absolute(RunFolder.ColdStart + ".e3a1.partial"));
        Assert.EndsWith("e2a1", CheckpointOf(FinishedStage.Find(folder, RunFolder.ColdStart, 4)?.Result));
        Assert.Null(FinishedStage.Find(folder, RunFolder.ColdStart, 5));
        Assert.Null(FinishedStage.Find(folder, RunFolder.Scalar, 4));
        Directory.Move(folder.Absolute(RunFolder.ColdStart + ".e2a1"), folder.Absolute(RunFolder.Scalar));
        Assert.Equal(RunFolder.Scalar, CheckpointOf(FinishedStage.Find(folder, RunFolder.Scalar, 4)?.Result));

        void Finish(string name, int steps) => new FinishedStage(
            steps, new SftResult(name, new Dictionary<string, double>()), []).Write(folder.Absolute(name));
    }

    private static string CheckpointOf(WorkResult? result) =>
        result is SrmResult trained ? trained.Checkpoint : Assert.IsType<SftResult>(result).Checkpoint;
}
