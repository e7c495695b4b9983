using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Workers.Stages;

/// <summary>Workers of a stage of which each holds a part, when one of them is lost and when others come.</summary>
public sealed class StagePartsTests : IDisposable
{
    private readonly StageBench _stages = new();

    public void Dispose() => _stages.Dispose();

    [Theory]
    [InlineData("sft", "optimizer")]
    [InlineData("srm", "parameters")]
    public async Task Where_each_holds_a_part_those_that_are_left_go_on_from_the_last_checkpoint(
        string stage, string sharding)
    {
        string[] settings = [.. StageBench.Sharded(stage, sharding), $"r1reward.{stage}.checkpoint-every=2"];
        var alone = await _stages.AloneAsync(stage, settings);
        var made = new List<int>();
        var together = await _stages.TrainAsync(
            stage,
            "together",
            async (bench, run) =>
            {
                await run(1, [0, 1, 2], (step, _) => LoseOne(bench, step, lostAt: 1, 1));
                await run(2, [0, 2], (step, _) => LoseOne(bench, step, lostAt: 5, 2));
                return await run(3, [3, 0], (step, _) => made.Add(step));
            },
            settings);

        together.IsAs(alone);
        // The first time there was no checkpoint yet.
        Assert.Equal([1, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6], made);

        void LoseOne(RankBench bench, int step, int lostAt, int node)
        {
            made.Add(step);
            if (step == lostAt)
            {
                bench.Remove(node);
            }
        }
    }

    /// <summary>Each time another one dies, after more exchanges than the one before.</summary>
    [Theory]
    [InlineData("srm", "optimizer", 20)]
    [InlineData("sft", "parameters", 40)]
    public async Task In_whatever_exchange_one_that_holds_a_part_dies_the_others_come_to_the_same_weights(
        string stage, string sharding, int every)
    {
        string[] settings = [.. StageBench.Sharded(stage, sharding), $"r1reward.{stage}.checkpoint-every=1"];
        var alone = await _stages.AloneAsync(stage, settings);
        var attempt = 0;
        var together = await _stages.TrainAsync(
            stage,
            "together",
            async (bench, run) =>
            {
                var (members, ended) = (new List<int> { 0, 1, 2, 3 }, Array.Empty<WorkResult?>());
                while (ended is not [SftResult or SrmResult, ..])
                {
                    attempt++;
                    var victim = attempt % members.Count;
                    _stages.Deaths[members[victim]] = every * attempt;
                    ended = await run(attempt, [.. members], StageBench.Nothing);
                    members.RemoveAt(members.Count > 1 && ended[0] is not (SftResult or SrmResult) ? victim : 0);
                }

                return ended;
            },
            settings);

        together.IsAs(alone);
        Assert.InRange(attempt, 3, 4);
    }

    [Theory]
    [InlineData("sft", "gradients")]
    [InlineData("srm", "parameters")]
    [Trait("Category", "Slow")]
    public async Task Before_whichever_exchange_one_dies_the_others_come_to_the_same_weights(
        string stage, string sharding)
    {
        string[] settings =
        [
            .. StageBench.Sharded(stage, sharding), $"r1reward.{stage}.checkpoint-every=1", $"r1reward.{stage}.steps=2",
            "r1reward.sft.evaluate-every=0", "r1reward.srm.evaluate-every=1",
        ];
        var alone = await _stages.AloneAsync(stage, settings);
        var (isOver, exchange) = (false, 0);
        for (; !isOver; exchange++)
        {
            var victim = exchange % 3;
            _stages.Deaths.Clear();
            _stages.Deaths[victim] = exchange;
            var together = await _stages.TrainAsync(
                stage,
                $"together-{exchange}",
                async (bench, run) =>
                {
                    var ended = await run(1, [0, 1, 2], StageBench.Nothing);
                    isOver = ended[0] is SftResult or SrmResult;
                    int[] others = [.. new[] { 0, 1, 2 }.Where(node => node != victim)];
                    return isOver ? ended : await run(2, others, StageBench.Nothing);
                },
                settings);
            together.IsAs(alone);
        }

        Assert.True(exchange > 20, $"{exchange} exchanges");
    }

    /// <summary>The first rank gives up, as when it hears of another coordinator, and no part is lost.</summary>
    [Theory]
    [InlineData("sft", "none")]
    [InlineData("srm", "gradients")]
    [InlineData("sft", "parameters")]
    public async Task Those_that_hold_all_parts_go_on_in_any_order_and_beside_a_new_one(string stage, string sharding)
    {
        string[] settings = StageBench.Sharded(stage, sharding);
        var alone = await _stages.AloneAsync(stage, settings);
        var made = new List<int>();
        var together = await _stages.TrainAsync(
            stage,
            "together",
            async (bench, run) =>
            {
                var ended = await run(1, [0, 1, 2], (step, _) => GiveUpAfter(step, 2));
                Assert.All(ended[1..], lost => Assert.IsType<LearnerLost>(lost));
                await run(2, [3, 2, 0, 1], (step, _) => GiveUpAfter(step, 4));
                return await run(3, [1, 0, 2, 3], (step, _) => made.Add(step));
            },
            settings);

        together.IsAs(alone);
        Assert.Equal([1, 2, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6], made);

        void GiveUpAfter(int step, int last)
        {
            made.Add(step);
            if (step == last)
            {
                throw new OperationCanceledException();
            }
        }
    }
}
