using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class MissingWorkersTests
{
    private static readonly IReadOnlyDictionary<WorkKind, int> Rollout =
        new Dictionary<WorkKind, int> { [WorkKind.Rollout] = 2 };

    private readonly ManualTime _time = new();

    [Fact]
    public void A_missing_worker_is_told_after_ten_seconds_and_every_minute_with_what_would_start_one()
    {
        var missing = new MissingWorkers(_time);
        var told = new List<int>();
        for (var second = 0; second <= 140; second++)
        {
            if (missing.Look([WorkKind.Rollout, WorkKind.Learn, WorkKind.Score], Rollout) is { } message)
            {
                told.Add(second);
                Assert.Contains("r1reward.node.roles = [reward, learner]", message);
                Assert.Equal(message, missing.Message);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([10, 70, 130], told);
    }

    [Fact]
    public void A_worker_that_comes_ends_the_waiting_and_one_that_goes_begins_it_anew()
    {
        var missing = new MissingWorkers(_time);
        missing.Look([WorkKind.Sft], Rollout);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull(missing.Look([WorkKind.Sft], Rollout));

        Assert.Null(missing.Look([WorkKind.Rollout], Rollout));
        Assert.Empty(missing.Message);

        Assert.Null(missing.Look([WorkKind.Sft], Rollout));
        Assert.Empty(missing.Message);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("[sft]", missing.Look([WorkKind.Sft], Rollout));
    }
}
