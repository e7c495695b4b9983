// Trials, repeatable by seed: starts small runs of three to five processes, has some of them killed, frozen or cut off,
// and checks that each run completes with every record once. With --hosts each node is in a network namespace of its
// own (bench/partitions/run makes them). With --phases every phase of an update, of a cold start and of the training of
// a scalar model is one in the middle of which a process that takes part ends, for ways of sharing out the optimiser's
// state.
using System.Globalization;
using R1Reward.Bench.Kills;

var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var trials = int.Parse(options.GetValueOrDefault("--trials", "10"), CultureInfo.InvariantCulture);
var first = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
var only = options.GetValueOrDefault("--only", "");
var namespaces = options.GetValueOrDefault("--hosts", "");
if (options.TryGetValue("--phases", out var phases))
{
    return await PhaseTable.PrintAsync(phases, only);
}

var all = namespaces.Length > 0 ? Layout.OnHosts : Layout.OnOneHost;
var layouts = all.Where(layout => layout.Name.Contains(only, StringComparison.Ordinal)).ToList();

var failed = 0;
Console.WriteLine(
    "| seed | what | detected, s | taken over, s | first result, s | longest pause, s | back, s | records | load |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
for (var seed = first; seed < first + trials; seed++)
{
    var folder = Directory.CreateTempSubdirectory($"r1reward-kills-{seed}-").FullName;
    var result = await new Trial(seed, layouts, namespaces, folder).RunAsync();
    var records = result.Faults.Length == 0 ? "once" : $"{result.Faults} ({folder})";
    var times = result.Times;
    double?[] seconds = [times?.Detected, times?.TakenOver, times?.FirstResult, times?.Pause, times?.Back];
    var shown = seconds.Select(time => time?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-");
    var load = File.ReadAllText("/proc/loadavg").Split(' ')[1];
    Console.WriteLine($"| {seed} | {result.What} | {string.Join(" | ", shown)} | {records} | {load} |");
    failed += result.Faults.Length == 0 ? 0 : 1;
    if (result.Faults.Length == 0)
    {
        Directory.Delete(folder, recursive: true);
    }
}

Console.WriteLine($"{trials - failed} of {trials} runs completed with every record once");
return failed == 0 ? 0 : 1;
