using R1Reward.Actors.Protocol;
using R1Reward.Cli.Running;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

public sealed class CoordinatorWatchTests
{
    private static readonly RunStatus Own = RunStatus.NoRun with { RunId = "run" };
    private static readonly RunStatus Stranger = RunStatus.NoRun with { Message = "no run is under way in /b/runs" };

    private readonly ManualTime _time = new();
    private readonly List<string> _said = [];
    private readonly CoordinatorWatch _watch;

    public CoordinatorWatchTests() => _watch = new CoordinatorWatch("run", _said.Add, _time);

    [Fact]
    public void A_coordinator_that_does_not_know_the_run_is_said_within_ten_seconds_with_its_folder()
    {
        Assert.Same(Own, _watch.Look(Own));
        Assert.Null(_watch.Look(Stranger));
        Assert.Empty(_said);

        for (var second = 0; second < 10; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(_watch.Look(Stranger));
        }

        var line = Assert.Single(_said);
        Assert.Contains("no run is under way in /b/runs", line);
        Assert.Contains("r1reward.run.folder", line);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void A_stranger_is_said_also_after_nobody_has_answered()
    {
        _time.Advance(TimeSpan.FromSeconds(9));
        _watch.Look(null);
        _watch.Look(Stranger);
        _watch.Look(Stranger);

        Assert.Equal(2, _said.Count);
        Assert.Contains("no run is under way in /b/runs", _said[1]);
    }

    [Fact]
    public void A_coordinator_that_is_silent_for_long_is_said_once_and_once_more_when_it_has_been_back()
    {
        for (var time = 0; time < 3; time++)
        {
            _time.Advance(TimeSpan.FromSeconds(9));
            _watch.Look(null);
        }

        Assert.Contains("no coordinator answers", Assert.Single(_said));
        Assert.Same(Own, _watch.Look(Own));
        _time.Advance(TimeSpan.FromSeconds(9));
        _watch.Look(null);
        Assert.Equal(2, _said.Count);
    }

    [Fact]
    public void What_another_run_comes_to_is_not_taken_for_this_one()
    {
        var over = Own with { RunId = "other", Outcome = RunOutcome.Finished };

        Assert.Null(_watch.Look(over));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(_watch.Look(over));

        Assert.Contains("it has other", Assert.Single(_said));
    }
}
