using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Telemetry;

/// <summary>
/// The meters of a process as text that Prometheus reads (exposition format 0.0.4): counters since this object listens,
/// and what can be observed now.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>The media type of the text.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), double> _values = [];
    private readonly Lock _reading = new();

    /// <summary>Listens from now on.</summary>
    /// <param name="isWanted">Which meters.</param>
    public PrometheusText(Func<Meter, bool> isWanted)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (isWanted(instrument.Meter) && TypeOf(instrument) is not null)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All of it, as it is now.</summary>
    public string Read()
    {
        lock (_reading)
        {
            // What is not observed any more, such as the step of a run that is over, is not told any more.
            foreach (var key in _values.Keys.Where(key => key.Instrument.IsObservable))
            {
                _values.TryRemove(key, out _);
            }

            _listener.RecordObservableInstruments();
            return Write();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        _values.AddOrUpdate(
            (instrument, labels), value, (_, before) => instrument.IsObservable ? value : before + value);
    }

    private string Write()
    {
        var text = new StringBuilder();
        var byName = _values
            .GroupBy(entry => NameOf(entry.Key.Instrument))
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var group in byName)
        {
            var instrument = group.First().Key.Instrument;
            text.Append("# HELP ").Append(group.Key).Append(' ').Append(Escaped(instrument.Description ?? ""))
                .Append("\n# TYPE ").Append(group.Key).Append(' ').Append(TypeOf(instrument)).Append('\n');
            foreach (var ((_, labels), value) in group.OrderBy(entry => entry.Key.Labels, StringComparer.Ordinal))
            {
                text.Append(group.Key).Append(labels).Append(' ')
                    .Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        return text.ToString();
    }

    // Histograms are left out: none of the meters that are served has one.
    private static string? TypeOf(Instrument instrument)
    {
        var type = instrument.GetType();
        var kind = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? "counter"
            : kind == typeof(ObservableGauge<>) || kind == typeof(ObservableUpDownCounter<>) ? "gauge"
            : null;
    }

    private static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => "",
        };
        var name = instrument.Name.Replace('.', '_').Replace('-', '_') + unit;
        return TypeOf(instrument) == "counter" ? name + "_total" : name;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new List<string>();
        foreach (var (name, value) in tags)
        {
            var text = Escaped($"{value}").Replace("\"", "\\\"", StringComparison.Ordinal);
            labels.Add($"{name.Replace('.', '_')}=\"{text}\"");
        }

        return $"{{{string.Join(',', labels)}}}";
    }

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
