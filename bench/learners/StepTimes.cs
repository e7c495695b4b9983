using System.Diagnostics;
using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Measuring;
using R1Reward.Policy.Models;

namespace R1Reward.Bench.Learners;

/// <summary>
/// Train steps by turns: one rank of two threads, two ranks of one thread that exchange gradients during the backward
/// pass, the same after it. Medians, of as many rounds as fit into a minute and a half, and of three at least. The
/// ranks share out what they are told to.
/// </summary>
internal static class StepTimes
{
    private const int Least = 3;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(90);

    public static void Measure(string name, string device, string sharding)
    {
        var shape = BenchShape.All.Single(shape => shape.Name == name);
        string[] Work(string part, bool overlaps) => ["rank", name, device, part, $"{overlaps}"];
        using var alone = new RankChild(Work("none", false), threads: 2, rank: 0, ranks: 1);
        var overlapping = RankChild.Ring(Work(sharding, true), threads: 1, ranks: 2);
        var waiting = RankChild.Ring(Work(sharding, false), threads: 1, ranks: 2);
        var clock = Stopwatch.StartNew();
        List<JObject> solo = [];
        List<JObject> early = [];
        List<JObject> late = [];
        do
        {
            solo.Add(Step([alone]));
            early.Add(Step(overlapping));
            late.Add(Step(waiting));
        }
        while (solo.Count < Least || clock.Elapsed + (clock.Elapsed / solo.Count) < _limit);

        // The first round allocates, and compiles code.
        double Median(List<JObject> steps, string figure)
        {
            var values = steps.Skip(1).Select(step => (double)step[figure]!).Order().ToList();
            return values[values.Count / 2];
        }

        var tokens = shape.TrainRows * shape.TrainLength;
        var (one, two, after) = (Median(solo, "seconds"), Median(early, "seconds"), Median(late, "seconds"));
        var (waited, waitedAfter) = (Median(early, "waited"), Median(late, "waited"));
        var gradients = sizeof(float) * new MemoryEstimate(shape.Config).Parameters;
        Print($"{name}, {sharding}, median of {solo.Count - 1} steps of {tokens} tokens:");
        Print($"one rank of two threads: {tokens / one:N0} tokens/s");
        Print($"two ranks of one thread: {tokens / two:N0} tokens/s, {one / two:N3} times as fast");
        Print($"exchange after the backward pass: {tokens / after:N0} tokens/s, {one / after:N3} times as fast");
        Print($"waiting for sums: {waited:N3} s, {waited / two:P1} of a step; exchange after the backward pass:");
        Print($"  {waitedAfter:N3} s, {waitedAfter / after:P1}; {1 - (waited / waitedAfter):P0} of it is hidden");
        Print($"sent per rank and step: {Median(early, "sent"):N0} bytes");
        Print($"theory: 2 (N-1)/N of the gradients is {gradients:N0} bytes");
        foreach (var rank in overlapping.Concat(waiting))
        {
            rank.Dispose();
        }
    }

    // Figures of the rank that waits less: the other one waits for it, too, and not for the exchange alone.
    private static JObject Step(IReadOnlyList<RankChild> ranks)
    {
        foreach (var rank in ranks)
        {
            rank.Begin();
        }

        return ranks.Select(rank => rank.Figures()).ToList().MinBy(figures => (double)figures["waited"]!)!;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
