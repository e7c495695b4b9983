// Kill trials, repeatable by seed: starts small runs of three and four processes, kills or freezes some of them, and
// checks that each run completes with every record once.
using System.Globalization;
using R1Reward.Bench.Kills;

var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var trials = int.Parse(options.GetValueOrDefault("--trials", "10"), CultureInfo.InvariantCulture);
var first = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
var only = options.GetValueOrDefault("--only", "");
var layouts = Layout.All.Where(layout => layout.Name.Contains(only, StringComparison.Ordinal)).ToList();

var failed = 0;
Console.WriteLine("| seed | what | next coordinator, s | longest pause, s | records |");
Console.WriteLine("|---|---|---|---|---|");
for (var seed = first; seed < first + trials; seed++)
{
    var folder = Directory.CreateTempSubdirectory($"r1reward-kills-{seed}-").FullName;
    var result = await new Trial(seed, layouts, folder).RunAsync();
    var records = result.Faults.Length == 0 ? "once" : $"{result.Faults} ({folder})";
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {seed} | {result.What} | {result.Epoch:0.0} | {result.Pause:0.0} | {records} |"));
    failed += result.Faults.Length == 0 ? 0 : 1;
    if (result.Faults.Length == 0)
    {
        Directory.Delete(folder, recursive: true);
    }
}

Console.WriteLine($"{trials - failed} of {trials} runs completed with every record once");
return failed == 0 ? 0 : 1;
