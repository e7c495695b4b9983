using System.Globalization;
using R1Reward.Policy.Devices;
using R1Reward.Stability;

// The map of bench/stability/run: runs what is missing, several at a time, then writes tables and plots.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = new StabilityOptions(args);
var files = new ResultFiles(options.Out);
if (!options.ReportOnly)
{
    var done = files.Runs();
    var cells = options.Cells().ToList();
    var missing = new Queue<Cell>(cells.Where(cell => !done.ContainsKey(cell.Key)));
    Console.WriteLine($"{cells.Count} runs, {missing.Count} to make, {options.Jobs} at a time");
    var workers = Enumerable.Range(0, options.Jobs).Select(job => Task.Run(() => Work(job, missing))).ToArray();
    await Task.WhenAll(workers);
}

new StabilityReport(options, files).Write();
Console.WriteLine($"tables and plots: {options.Page}");

async Task Work(int job, Queue<Cell> missing)
{
    using var thread = new TorchThread($"trial-{job}", options.Threads);
    while (true)
    {
        Cell? cell;
        int left;
        lock (missing)
        {
            if (!missing.TryDequeue(out cell))
            {
                return;
            }

            left = missing.Count;
        }

        var result = await thread.Run(() =>
        {
            using var trial = new Trial(cell, options);
            return trial.Run();
        });
        files.Add(cell, result);
        var largest = result.Steps.Select(step => step.Metrics.LargestLogRatio).DefaultIfEmpty().Max();
        Console.WriteLine(
            $"{cell.Key}: accuracy {result.Accuracy:p1}, largest log-ratio {largest:g3}, "
            + $"{result.Seconds:f0} s; {left} wait");
    }
}
