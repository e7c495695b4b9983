using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Workers.Stages;

/// <summary>A cold start and a scalar model, trained by several workers.</summary>
public sealed class StageGroupTests : IDisposable
{
    private readonly StageBench _stages = new();

    public void Dispose() => _stages.Dispose();

    [Theory]
    [InlineData("sft", "none")]
    [InlineData("sft", "optimizer")]
    [InlineData("sft", "gradients")]
    [InlineData("sft", "parameters")]
    [InlineData("srm", "none")]
    [InlineData("srm", "optimizer")]
    [InlineData("srm", "gradients")]
    [InlineData("srm", "parameters")]
    public async Task Three_workers_train_what_one_does(string stage, string sharding)
    {
        string[] settings = StageBench.Sharded(stage, sharding);
        var alone = await _stages.AloneAsync(stage, settings);
        var together = await _stages.TrainAsync(
            stage, "together", (bench, run) => run(1, [0, 1, 2], StageBench.Nothing), settings);

        together.IsAs(alone);
        Assert.All(together.Figures, one => Assert.Equal(3, one["learners"]));
        Assert.All(together.Figures, one => Assert.True(one["exchange-seconds"] > 0));
        Assert.All(together.Figures, one => Assert.True(one[RankFigures.SpeedOf(2)] > 0));
    }

    /// <summary>One that stands still, then the first one, dies; a new one has come between.</summary>
    [Theory]
    [InlineData("sft")]
    [InlineData("srm")]
    public async Task Those_that_are_left_go_on_from_the_step_in_which_one_is_lost(string stage)
    {
        var alone = await _stages.AloneAsync(stage);
        var made = new List<int>();
        var together = await _stages.TrainAsync(stage, "together", async (bench, run) =>
        {
            var frozen = await run(1, [0, 1, 2], (step, _) =>
            {
                made.Add(step);
                if (step == 2)
                {
                    bench.Remove(1);
                }
            });
            // Who is removed and lives sees the first one hang up, and may say so before the last one hears of it.
            Assert.Equal(RankBench.WorkerOf(1), Assert.IsType<LearnerLost>(frozen[0]).Worker);
            string[] either = [RankBench.WorkerOf(1), RankBench.WorkerOf(0)];
            Assert.Contains(Assert.IsType<LearnerLost>(frozen[2]).Worker, either);
            var died = await run(2, [0, 3, 2], (step, _) =>
            {
                made.Add(step);
                if (step == 4)
                {
                    throw new RankBench.Death();
                }
            });
            Assert.All(died[1..], lost => Assert.Equal(RankBench.WorkerOf(0), Assert.IsType<LearnerLost>(lost).Worker));
            return await run(3, [3, 2], (step, _) => made.Add(step));
        });

        together.IsAs(alone);
        // Each begins with what was reported before, and makes no step again.
        Assert.Equal([1, 2, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6], made);
    }

    /// <summary>A worker that leaves is told before the first one, or after it where the run is to stop.</summary>
    [Theory]
    [InlineData("none")]
    [InlineData("optimizer")]
    [InlineData("parameters")]
    public async Task One_that_leaves_ends_no_training_and_what_is_made_is_saved_with_its_part(string sharding)
    {
        string[] settings = StageBench.Sharded("sft", sharding);
        var made = new Dictionary<int, IReadOnlyDictionary<string, double>>();
        var alone = await _stages.AloneAsync("sft", settings);
        var together = await _stages.TrainAsync(
            "sft",
            "together",
            async (bench, run) =>
            {
                var left = await run(1, [0, 1], (step, found) =>
                {
                    made.TryAdd(step, found);
                    Leave(bench, step == 2 ? 1 : null);
                });
                Assert.Equal(new LearnerLost(RankBench.WorkerOf(1), RankBench.WorkerOf(1) + " leaves"), left[0]);
                Assert.Null(left[1]);
                var stopped = await run(2, [0, 2], (step, found) =>
                {
                    made.TryAdd(step, found);
                    Leave(bench, step == 4 ? 0 : null);
                });
                Assert.EndsWith(".e1a2", Assert.IsType<WorkStopped>(stopped[0]).Checkpoint, StringComparison.Ordinal);
                Assert.Null(stopped[1]);
                return await run(3, [3], StageBench.Nothing);
            },
            settings);

        // No step is made again: it would have taken another time.
        Assert.All(made, one => Assert.Equal(
            one.Value["exchange-seconds"], together.Figures[one.Key - 1]["exchange-seconds"]));
        Assert.Equal(alone.Figures.Select(one => one["loss"]), together.Figures.Select(one => one["loss"]), Near);
        Assert.Equal([2, 2, 2, 2], together.Figures.Take(4).Select(one => one["learners"]));

        static void Leave(RankBench bench, int? node)
        {
            if (node is { } leaving)
            {
                bench.Leave(leaving);
            }
        }
    }

    private static bool Near(double one, double other) => Math.Abs(one - other) < 1e-4;
}
