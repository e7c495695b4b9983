using R1Reward.Actors.Configuration;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Judging;
using R1Reward.Rewards.Composition;

namespace R1Reward.Actors.Workers;

/// <summary>Computes rewards: reads the judgment out of a trace and composes format, result and consistency.</summary>
/// <param name="settings">The form of the total.</param>
public sealed class ScoreEngine(RewardSettings settings) : IWorkEngine
{
    private readonly RewardComposer _composer = new(new R1CompositionOptions { Form = settings.Composition });

    /// <inheritdoc/>
    public int Capacity => 256;

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var work = (ScoreWork)item.Payload;
        var reward = _composer.Compose(JudgmentParser.Parse(work.Reply), work.Label, work.Verdict, work.JudgeReason);
        return Task.FromResult<WorkResult>(new ScoreResult(reward));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
