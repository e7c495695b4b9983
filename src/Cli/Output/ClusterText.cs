using System.Globalization;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Options;

namespace R1Reward.Cli.Output;

/// <summary>The status of a cluster in lines for people; columns stand below each other.</summary>
internal static class ClusterText
{
    /// <summary>All of a status, without a last line break.</summary>
    public static string Describe(ClusterStatus status)
    {
        var lines = new List<string>();
        var (members, run) = (status.Members, status.Run);
        lines.Add($"{Count(members.All.Count, "member")}, as {members.Node} sees them");
        lines.AddRange(Columns(members.All.Select(member => Row(member, members.Coordinator))));
        if (run is null)
        {
            lines.Add("no coordinator answers: a run goes on when there is a node with the role coordinator");
            return string.Join(Environment.NewLine, lines);
        }

        lines.AddRange(OfRun(run));
        lines.AddRange(Columns(run.Queues.OrderBy(queue => queue.Key).Select(queue => new[]
        {
            EnumNames.Dashed(queue.Key), $"{queue.Value.Open} open", $"{queue.Value.Leased} under way",
        })));
        lines.AddRange(Columns(run.Workers.Select(Row)));
        return string.Join(Environment.NewLine, lines);
    }

    private static string[] Row(ClusterMember member, string? coordinator) =>
    [
        member.Address,
        member.Reachable ? member.Status : $"{member.Status}, does not answer",
        member.Address == coordinator ? "coordinates" : "",
        string.Join(", ", member.Roles),
    ];

    private static string[] Row(WorkerDetails worker) =>
    [
        worker.Name.Split('@')[0],
        worker.Address,
        worker.WorksOn is null ? "idle" : $"{worker.WorksOn}{(worker.Held > 1 ? $" and {worker.Held - 1} more" : "")}",
        worker.WaitsFor ?? Speed(worker) + $"heard of {Short(worker.SilentSeconds)} s ago",
    ];

    private static string Speed(WorkerDetails worker) =>
        worker.TokensPerSecond is { } speed ? $"{Short(speed)} tokens per second, " : "";

    private static IEnumerable<string> OfRun(RunDetails run)
    {
        var status = run.Status;
        if (status.RunId.Length == 0)
        {
            yield return status.Message.Length > 0 ? status.Message : "no run";
            yield break;
        }

        var parts = new List<string>
        {
            status.Outcome is { } outcome ? EnumNames.Dashed(outcome) : EnumNames.Dashed(status.Stage),
        };
        if (status.Outcome is null && status.Steps > 0)
        {
            parts.Add($"step {status.Step} of {status.Steps}");
        }

        if (status.Expected > 0)
        {
            parts.Add($"{status.Done} of {status.Expected} traces");
        }

        if (run.WeightsVersion is { } version)
        {
            parts.Add($"weights v{version}");
        }

        if (run.Epoch > 0)
        {
            parts.Add($"epoch {run.Epoch}");
        }

        yield return $"run {status.RunId}: {string.Join(", ", parts)}";
        if (run.Throughput is { } rate)
        {
            yield return $"  {Short(rate.TracesPerSecond)} traces and {Short(rate.TokensPerSecond)} tokens per second, "
                + $"{Count(run.GivenOutAgain, "item")} given out again";
        }

        if (status.Message.Length > 0)
        {
            yield return $"  {status.Message}";
        }
    }

    private static IEnumerable<string> Columns(IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        return all.Select(row => "  " + string.Join("  ", row.Select((cell, column) =>
            cell.PadRight(all.Max(other => other[column].Length)))).TrimEnd());
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Short(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
