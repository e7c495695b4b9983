using System.Diagnostics;
using Newtonsoft.Json.Linq;

namespace R1Reward.Bench.Learners;

/// <summary>A rank as the process that measures sees it; see <see cref="RankWork"/>.</summary>
internal sealed class RankChild : IDisposable
{
    private readonly Process _process;

    public RankChild(string[] work, int threads, int rank, int ranks)
    {
        _process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [.. work, $"{threads}", $"{rank}", $"{ranks}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["OMP_NUM_THREADS"] = $"{threads}" },
        })!;
    }

    public static IReadOnlyList<RankChild> Ring(string[] work, int threads, int ranks)
    {
        RankChild[] ring = [.. Enumerable.Range(0, ranks).Select(rank => new RankChild(work, threads, rank, ranks))];
        string[] ports = [.. ring.Select(rank => rank.Answer())];
        foreach (var (rank, child) in ring.Index())
        {
            child._process.StandardInput.WriteLine(ports[(rank + 1) % ranks]);
        }

        return ring;
    }

    public void Begin() => _process.StandardInput.WriteLine();

    public JObject Figures() => JObject.Parse(Answer());

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Answer() => _process.StandardOutput.ReadLine()
        ?? throw new IOException("a rank has ended; what it says stands above");
}
