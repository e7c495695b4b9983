using System.Globalization;

namespace R1Reward.Cli.Output;

/// <summary>
/// How far a long piece of work is: done of how much, the rate and the time left. A line that is written anew on a
/// terminal, a plain line every few seconds elsewhere; none for work that is over before the first is due.
/// </summary>
internal sealed class WorkProgress : IProgress<int>, IDisposable
{
    /// <summary>What makes a terminal begin its line anew.</summary>
    public const string EraseLine = "\r\u001b[K";

    private static readonly TimeSpan LiveEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PlainEvery = TimeSpan.FromSeconds(5);

    private readonly string _unit;
    private readonly int _total;
    private readonly TextWriter _output;
    private readonly bool _live;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ITimer _timer;
    private readonly Lock _lines = new();
    private int _done;
    private bool _shown;
    private bool _ended;

    /// <summary>Begins; the first line comes after a while.</summary>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are; 0 where that is not known.</param>
    /// <param name="output">Where the lines go.</param>
    /// <param name="live">Whether that is a terminal.</param>
    /// <param name="time">The clock.</param>
    public WorkProgress(string unit, int total, TextWriter output, bool live, TimeProvider time)
    {
        _unit = unit;
        _total = total;
        _output = output;
        _live = live;
        _time = time;
        _began = time.GetTimestamp();
        var every = live ? LiveEvery : PlainEvery;
        _timer = time.CreateTimer(_ => Show(), null, every, every);
    }

    /// <summary>Shows on standard error, so that results on standard output stay as they are.</summary>
    public static WorkProgress OnStandardError(string unit, int total = 0) =>
        new(unit, total, Console.Error, !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>Takes note that so many are done; with the last one it ends.</summary>
    public void Report(int value)
    {
        Volatile.Write(ref _done, value);
        if (value == _total)
        {
            Dispose();
        }
    }

    /// <summary>Writes how far the work is now.</summary>
    public void Show()
    {
        lock (_lines)
        {
            if (!_ended)
            {
                _output.Write(_live ? EraseLine + Describe() : Describe() + Environment.NewLine);
                _output.Flush();
                _shown = true;
            }
        }
    }

    /// <summary>Removes the live line, for something else to be written in its place.</summary>
    public void Clear()
    {
        lock (_lines)
        {
            if (_live && _shown)
            {
                _output.Write(EraseLine);
            }
        }
    }

    /// <summary>Ends: the live line goes away, plain lines get a last one.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Clear();
        lock (_lines)
        {
            if (_shown && !_live)
            {
                _output.WriteLine($"{Count()} in {Duration(_time.GetElapsedTime(_began).TotalSeconds)}");
            }

            _shown = false;
            _ended = true;
        }
    }

    private string Describe()
    {
        var seconds = _time.GetElapsedTime(_began).TotalSeconds;
        var done = Volatile.Read(ref _done);
        if (done == 0 || seconds <= 0)
        {
            return $"{Count()} after {Duration(seconds)}";
        }

        var rate = done / seconds;
        var pace = rate >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.#} per second")
            : string.Create(CultureInfo.InvariantCulture, $"{1 / rate:0.#} s each");
        var left = _total > 0 ? $", about {Duration((_total - done) / rate)} left" : "";
        return $"{Count()}, {pace}{left}";
    }

    private string Count()
    {
        var of = _total > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {_total}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{_unit}: {Volatile.Read(ref _done)}{of}");
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 6000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };
}
