using System.Globalization;
using R1Reward.Actors.Protocol;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>Shows how a run goes, with the time left: live bars on a terminal, a line now and then elsewhere.</summary>
internal static class RunDisplay
{
    private static readonly string[] Shown = ["loss", "reward", "accuracy", "format", "consistency", "length", "kl"];

    /// <summary>Asks for the status until the run is over.</summary>
    /// <param name="ask">Asks once; null when nobody answered.</param>
    /// <param name="plain">Lines even on a terminal.</param>
    /// <param name="every">Pause between two questions.</param>
    public static async Task<RunStatus> FollowAsync(Func<Task<RunStatus?>> ask, bool plain, TimeSpan every)
    {
        if (plain || !AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            return await FollowAsync(ask, every, new LineWriter().Show);
        }

        return await AnsiConsole.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                var bars = new Dictionary<string, ProgressTask>();
                return FollowAsync(ask, every, status => Show(context, bars, status));
            });
    }

    private static async Task<RunStatus> FollowAsync(Func<Task<RunStatus?>> ask, TimeSpan every, Action<RunStatus> show)
    {
        while (true)
        {
            if (await ask() is { } status)
            {
                show(status);
                if (status.Outcome is not null)
                {
                    return status;
                }
            }

            await Task.Delay(every, TimeProvider.System);
        }
    }

    private static void Show(ProgressContext context, Dictionary<string, ProgressTask> bars, RunStatus status)
    {
        var (name, done, of) = Place(status);
        foreach (var (other, bar) in bars.Where(entry => entry.Key != name && !entry.Value.IsFinished && (status.Outcome is not null || name != "evaluation" || entry.Key == "cold start")))
        {
            if (other == "cold start" || status.Outcome is not null)
            {
                bar.Value = bar.MaxValue;
                bar.StopTask();
            }
        }

        if (of == 0)
        {
            return;
        }

        if (!bars.TryGetValue(name, out var current) || current.IsFinished)
        {
            bars[name] = current = context.AddTask(name, maxValue: of);
        }

        current.MaxValue = of;
        current.Value = Math.Min(done, of);
        current.Description = Markup.Escape($"{name} {Figures(status)}".TrimEnd());
    }

    private static (string Name, double Done, double Of) Place(RunStatus status) => status.Stage switch
    {
        RunStage.ColdStart => ("cold start", status.Step, status.Steps),
        RunStage.Evaluating => ("evaluation", status.Done, status.Expected),
        RunStage.Rolling or RunStage.Scoring or RunStage.Learning or RunStage.Publishing =>
            ("reinforcement", status.Step - 1 + (status.Stage == RunStage.Learning ? 0.5 : status.Expected == 0 ? 0 : 0.5 * status.Done / status.Expected), status.Steps),
        _ => ("loading", 0, 0),
    };

    private static string Figures(RunStatus status) => string.Join(' ', Shown
        .Where(status.Metrics.ContainsKey)
        .Select(name => $"{name} {Short(status.Metrics[name])}"));

    // Adding 0 turns the -0 of a rounded small number into 0.
    private static string Short(double value) => (Math.Round(value, 3) + 0.0).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Writes a line when a stage begins and about twenty times in each.</summary>
    private sealed class LineWriter
    {
        private string _name = "";
        private double _share;
        private long _began;

        public void Show(RunStatus status)
        {
            if (status.Outcome is not null)
            {
                return;
            }

            var (name, done, of) = Place(status);
            var share = of == 0 ? 0 : done / of;
            if (name != _name || share < _share)
            {
                (_name, _share, _began) = (name, 0, TimeProvider.System.GetTimestamp());
                Console.WriteLine($"{name} ...");
            }
            else if (share - _share >= 0.05)
            {
                _share = share;
                var elapsed = TimeProvider.System.GetElapsedTime(_began);
                var left = elapsed * ((1 - share) / share);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {share:0 %}  {Figures(status)}  {elapsed.TotalSeconds:0} s, about {left.TotalSeconds:0} s left"));
            }
        }
    }
}
