using System.Globalization;
using Newtonsoft.Json.Linq;

namespace R1Reward.Cli.Measuring;

/// <summary>What it took to score the responses to one question, in seconds of processor time.</summary>
/// <param name="Shape">Name of the shape.</param>
/// <param name="Alone">Seconds of one pass after the other.</param>
/// <param name="Batch">Seconds of one batch.</param>
/// <param name="Shared">Seconds of one batch whose question runs once.</param>
/// <param name="Difference">Largest difference of a score from that of its own pass.</param>
internal sealed record ScoreBenchRow(string Shape, double Alone, double Batch, double Shared, double Difference)
{
    /// <summary>The row as <c>--json</c> prints it.</summary>
    public JObject ToJson() => new()
    {
        ["shape"] = Shape,
        ["alone_s"] = Alone,
        ["batch_s"] = Batch,
        ["shared_s"] = Shared,
        ["times_faster"] = Alone / Shared,
        ["largest_difference"] = Difference,
    };

    /// <summary>The row for people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Shape}: one by one {Alone * 1000:0.0} ms, one batch {Batch * 1000:0.0} ms, question once "
        + $"{Shared * 1000:0.0} ms: {Alone / Shared:0.00} times faster, scores within {Difference:0.0e+0}");
}
