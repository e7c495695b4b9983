using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class RankSpeedsTests
{
    private static readonly string[] _workers = ["a", "b", "c"];

    private readonly RankSpeeds _speeds = new();

    [Fact]
    public void One_that_is_slower_for_some_steps_is_named_once()
    {
        var said = Enumerable.Range(0, 8).Select(_ => Note(100, 30, 90)).ToList();

        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0], said.Select(lines => lines.Count));
        Assert.StartsWith(
            "b is slow: 30 tokens per second where the others have 100;", said[4][0], StringComparison.Ordinal);
        Assert.Equal((100, 30, 90), (_speeds.Of("a"), _speeds.Of("b"), _speeds.Of("c")));
    }

    [Fact]
    public void One_that_is_slow_now_and_then_or_by_less_than_half_is_not_named()
    {
        foreach (var step in Enumerable.Range(0, 20))
        {
            Assert.Empty(Note(100, step % 4 == 0 ? 95 : 30, 70));
        }
    }

    [Fact]
    public void Figures_of_one_worker_alone_say_nothing_of_ranks()
    {
        Assert.Empty(_speeds.Note(["a"], new Dictionary<string, double> { ["tokens-per-second"] = 5 }));
        Assert.Null(_speeds.Of("a"));
    }

    private IReadOnlyList<string> Note(params double[] speeds) => _speeds.Note(
        _workers, speeds.Index().ToDictionary(rank => RankFigures.SpeedOf(rank.Index), rank => rank.Item));
}
