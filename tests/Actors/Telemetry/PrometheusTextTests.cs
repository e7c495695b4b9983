using System.Diagnostics.Metrics;
using R1Reward.Actors.Telemetry;

namespace R1Reward.Actors.Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new("of-this-test");
    private readonly PrometheusText _text;

    public PrometheusTextTests() => _text = new PrometheusText(meter => meter == _meter);

    public void Dispose()
    {
        _text.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counters_add_up_by_label_and_carry_unit_and_suffix()
    {
        var counter = _meter.CreateCounter<long>("some.bytes-read", "By", "A \\ line\nand another.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", "q\"\\\n"));

        Assert.Equal(
            """
            # HELP some_bytes_read_bytes_total A \\ line\nand another.
            # TYPE some_bytes_read_bytes_total counter
            some_bytes_read_bytes_total{kind="a"} 5
            some_bytes_read_bytes_total{kind="q\"\\\n"} 1

            """,
            _text.Read());
    }

    [Fact]
    public void What_can_be_observed_is_told_as_it_is_now_and_not_after_it_is_gone()
    {
        double[] seen = [0.5];
        _meter.CreateObservableGauge("level", () => seen.Select(value => new Measurement<double>(value)));
        Assert.EndsWith("# TYPE level gauge\nlevel 0.5\n", _text.Read());

        seen = [7];
        Assert.EndsWith("\nlevel 7\n", _text.Read());
        seen = [];
        Assert.Equal("", _text.Read());
    }

    [Fact]
    public void Meters_that_are_not_wanted_and_histograms_are_left_out()
    {
        using var other = new Meter("other");
        other.CreateCounter<int>("c").Add(1);
        _meter.CreateHistogram<int>("h").Record(1);

        Assert.Equal("", _text.Read());
    }
}
