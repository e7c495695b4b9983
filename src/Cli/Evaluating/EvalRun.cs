using Newtonsoft.Json.Linq;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Evaluation;

namespace R1Reward.Cli.Evaluating;

/// <summary>
/// Has a model judge the pairs of a suite: all of them, or those that its folder does not hold yet.
/// </summary>
internal static class EvalRun
{
    /// <summary>Judges and gives the results of all pairs; null where it was stopped before the end.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="judge">The model.</param>
    /// <param name="folder">Where results are kept; null: in memory only.</param>
    /// <exception cref="UserErrorException">The folder has results of pairs that are no longer there.</exception>
    public static async Task<IReadOnlyList<PairResult>?> JudgeAsync(
        SuitePairs pairs, IPairJudge judge, EvalFolder? folder)
    {
        var results = folder?.Results() ?? [];
        var known = results.Select(result => result.Id).ToHashSet();
        RequireThere(pairs, known, folder);
        if (known.Count > 0)
        {
            Console.Error.WriteLine($"{folder!.Root}: {known.Count} of {pairs.Count} pairs are judged already");
        }

        using var stop = folder is null ? null : new StopKeys();
        using var progress = WorkProgress.OnStandardError("pairs", pairs.Count - known.Count);
        var wereShown = results.Exists(result => result.Problem is null);
        try
        {
            var open = pairs.All.Where(pair => !known.Contains(pair.Id.Value));
            await judge.JudgeAsync(open, progress, Take, wereShown, stop?.Requested ?? default);
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            Console.Error.WriteLine(
                $"{folder!.Root}: stopped with {results.Count} of {pairs.Count} pairs judged; the same command goes "
                + "on");
            return null;
        }

        return results;

        void Take(PairResult result, JObject line)
        {
            folder?.Add(line);
            results.Add(result);
        }
    }

    private static void RequireThere(SuitePairs pairs, HashSet<string> known, EvalFolder? folder)
    {
        if (known.Count > 0 && known.Except(pairs.All.Select(pair => pair.Id.Value)).FirstOrDefault() is { } gone)
        {
            throw new UserErrorException(
                $"{folder!.Root}: has a result of {gone}, which is none of the pairs. The data file has changed: name "
                + "another folder.");
        }
    }
}
