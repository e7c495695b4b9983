using R1Reward.Actors.Protocol;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>One bar for each part of a run: cold start, reinforcement and the evaluations between.</summary>
/// <param name="context">Where bars are added.</param>
internal sealed class RunBars(ProgressContext context)
{
    private readonly Dictionary<string, ProgressTask> _bars = [];

    /// <summary>Brings the bars up to a status.</summary>
    public void Show(RunStatus status)
    {
        var progress = PartProgress.From(status);
        CompletePassed(status, progress.Name);
        if (progress.Total == 0)
        {
            return;
        }

        if (!_bars.TryGetValue(progress.Name, out var bar) || bar.IsFinished)
        {
            bar = context.AddTask(progress.Name, maxValue: progress.Total);
            _bars[progress.Name] = bar;
        }

        bar.MaxValue = progress.Total;
        bar.Value = Math.Min(progress.Done, progress.Total);
        var said = status.Message.Length > 0 ? status.Message : PartProgress.Figures(status);
        bar.Description = Markup.Escape($"{progress.Name}{progress.Steps} {said}".TrimEnd());
    }

    // The cold start ends once; reinforcement and evaluation take turns until the run is over. One that was stopped, or
    // failed, keeps its bars where they are.
    private void CompletePassed(RunStatus status, string current)
    {
        foreach (var (name, bar) in _bars)
        {
            var isOver = status.Outcome is not null || name == PartProgress.ColdStart;
            if (name != current && isOver && !bar.IsFinished)
            {
                bar.Value = status.Outcome is null or RunOutcome.Finished ? bar.MaxValue : bar.Value;
                bar.StopTask();
            }
        }
    }
}
