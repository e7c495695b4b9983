using System.Globalization;
using R1Reward.Actors.Protocol;

namespace R1Reward.Cli.Output;

/// <summary>
/// Writes a line when a part of a run begins and about twenty times in each, and what the run waits for, when it begins
/// to wait and every half minute.
/// </summary>
/// <param name="time">The clock of the time left.</param>
internal sealed class RunLines(TimeProvider time)
{
    private const double ShareBetweenLines = 0.05;

    private static readonly TimeSpan BetweenWaits = TimeSpan.FromSeconds(30);

    private string _name = "";
    private double _share;
    private long _began;
    private long? _toldWaiting;

    /// <summary>Writes a line if a status is news enough.</summary>
    public void Show(RunStatus status)
    {
        if (status.Outcome is not null)
        {
            return;
        }

        ShowWaiting(status.Message);
        var progress = PartProgress.From(status);
        if (progress.Name != _name || progress.Share < _share)
        {
            _name = progress.Name;
            _share = 0;
            _began = time.GetTimestamp();
            Console.WriteLine($"{progress.Name}{progress.Steps} ...");
        }
        else if (progress.Share - _share >= ShareBetweenLines)
        {
            _share = progress.Share;
            var elapsed = time.GetElapsedTime(_began);
            var left = elapsed * ((1 - _share) / _share);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_name} {_share:0 %}  {PartProgress.Figures(status)}  "
                + $"{elapsed.TotalSeconds:0} s, about {left.TotalSeconds:0} s left"));
        }
    }

    private void ShowWaiting(string message)
    {
        if (message.Length == 0)
        {
            _toldWaiting = null;
        }
        else if (_toldWaiting is not { } told || time.GetElapsedTime(told) >= BetweenWaits)
        {
            _toldWaiting = time.GetTimestamp();
            Console.WriteLine(message);
        }
    }
}
