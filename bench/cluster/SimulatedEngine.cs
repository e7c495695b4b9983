using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;
using R1Reward.Data.Judging;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace R1Reward.Bench.Ways;

/// <summary>
/// Does nothing for as long as an item takes, and answers as an engine of its role would.
/// </summary>
/// <param name="item">How long an item takes.</param>
/// <param name="capacity">Items that it has in hand.</param>
/// <param name="atOnce">Items that it works on at a time.</param>
/// <param name="busy">Counts the time.</param>
internal sealed class SimulatedEngine(TimeSpan item, int capacity, int atOnce, BusyTime busy) : IWorkEngine
{
    private readonly SemaphoreSlim _places = new(atOnce);

    public int Capacity => capacity;

    public long Progress => Stopwatch.GetTimestamp();

    public async Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        await _places.WaitAsync(cancel);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(Duration, cancel);
        busy.Add(began);
        _places.Release();
        return item.Payload switch
        {
            RolloutWork work => new RolloutResult([TraceOf(item.Key.Id, work)]),
            JudgeWork => new JudgeResult(ConsistencyVerdict.Consistent, null),
            ScoreWork work => new ScoreResult([.. work.Replies.Select(_ => Reward)]),
            LearnWork work => new LearnResult(work.From, null, new Dictionary<string, double>()),
            var other => throw new InvalidOperationException($"{other}"),
        };
    }

    public ValueTask DisposeAsync()
    {
        _places.Dispose();
        return ValueTask.CompletedTask;
    }

    private TimeSpan Duration => item;

    private static RewardBreakdown Reward { get; } = new()
    {
        Format = 1,
        Result = 1,
        Consistency = 0,
        Verdict = ConsistencyVerdict.Undecided,
        Status = JudgmentStatus.Tagged,
        Total = 2,
        Terms = [],
    };

    private static Trace TraceOf(WorkId id, RolloutWork work) => new()
    {
        Id = $"{id}/0",
        Pair = work.Pair.Id,
        PromptTokens = [1],
        Tokens = [2, 3],
        LogProbs = [-1, -1],
        Text = "<think>Response 1 is right.</think><answer>1</answer>",
        Finish = FinishReason.Stop,
        Version = work.Weights.Version,
    };
}
