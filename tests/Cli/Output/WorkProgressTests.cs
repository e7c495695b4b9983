using R1Reward.Cli.Output;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Output;

public sealed class WorkProgressTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new();

    [Fact]
    public void A_line_says_what_is_done_of_how_much_the_rate_and_the_time_left()
    {
        using var progress = Begin(total: 2500, live: false);
        progress.Show();
        Pass(seconds: 10, done: 20);
        progress.Show();
        Pass(seconds: 90, done: 5);
        progress.Show();
        progress.Report(2500);
        progress.Show();

        Assert.Equal(
            [
                "pairs: 0 of 2500 after 0 s",
                "pairs: 20 of 2500, 2 per second, about 21 min left",
                "pairs: 5 of 2500, 20 s each, about 13.9 h left",
                "pairs: 2500 of 2500 in 2 min",
                "",
            ],
            _output.ToString().Split(Environment.NewLine));

        void Pass(int seconds, int done)
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            progress.Report(done);
        }
    }

    [Fact]
    public void Without_a_total_there_is_no_time_left()
    {
        using var progress = Begin(total: 0, live: false);
        _time.Advance(TimeSpan.FromSeconds(2));
        progress.Report(300);
        progress.Show();

        Assert.Equal("pairs: 300, 150 per second" + Environment.NewLine, _output.ToString());
    }

    [Fact]
    public void On_a_terminal_the_line_is_written_anew_and_gone_at_the_end()
    {
        using (var progress = Begin(total: 4, live: true))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.Report(2);
            progress.Show();
        }

        Assert.Equal("\r\u001b[Kpairs: 2 of 4, 2 per second, about 1 s left\r\u001b[K", _output.ToString());
    }

    [Fact]
    public void Work_that_is_over_before_the_first_line_writes_none()
    {
        using (var progress = Begin(total: 4, live: false))
        {
            progress.Report(4);
        }

        Assert.Equal("", _output.ToString());
    }

    private WorkProgress Begin(int total, bool live) => new("pairs", total, _output, live, _time);
}
