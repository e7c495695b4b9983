using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using R1Reward.Policy.Exchange;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// Brings the state of a learner to where an update starts from, the same on all ranks: the state that it holds, that
/// of a rank which holds it, or a checkpoint. For one thread.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="folder">The run folder, where checkpoints are.</param>
/// <param name="bulk">Where weights come from.</param>
/// <param name="onMicroBatch">Called after each micro-batch of an update.</param>
internal sealed class UpdateStart(RunSettings settings, RunFolder folder, BulkHub bulk, Action onMicroBatch)
    : IDisposable
{
    private RankLikeness? _likeness;

    /// <summary>The state; null before the first update.</summary>
    public LearnerState? State { get; private set; }

    /// <summary>Makes the state that of the update before.</summary>
    /// <param name="work">The update.</param>
    /// <param name="ranks">Who makes it together.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Why the weights are lost; null where all ranks have them.</returns>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    /// <exception cref="UserErrorException">The ranks' models differ.</exception>
    public string? Prepare(LearnWork work, ICollective ranks, CancellationToken cancel)
    {
        var version = work.Step - 1;
        State?.GoBackTo(version);
        double[] versions = [.. ranks.Gather([State?.Version ?? LearnerState.None]).Select(one => one[0])];
        var source = Array.IndexOf(versions, version);
        var failure = State?.Version == version ? null : Load(work, source >= 0, ranks, cancel);
        if (ranks.Gather([State is null ? 0 : 1]).Any(one => one[0] == 0))
        {
            return failure ?? "another learner has none";
        }

        _likeness!.Require(ranks, work.Seat);
        State!.Ranks = ranks;
        return source < 0 ? null : Join(version, source, ranks);
    }

    /// <summary>Has the ranks of now hold the state together that some of them have.</summary>
    /// <param name="version">Of that state.</param>
    /// <param name="source">The first rank that has it, or its part of it.</param>
    /// <param name="ranks">The ranks, all of which call this.</param>
    /// <returns>Why part of it is lost; null where nothing is.</returns>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public string? Join(int version, int source, ICollective ranks)
    {
        State!.Ranks = ranks;
        return State.TakeFrom(version, source, ranks)
            ? null
            : $"a learner is lost that alone held a part of what update {version} left";
    }

    /// <inheritdoc/>
    public void Dispose() => State?.Dispose();

    private string? Load(LearnWork work, bool takesOver, ICollective ranks, CancellationToken cancel)
    {
        State?.Dispose();
        State = null;
        try
        {
            State = LearnerLoader.Load(settings, folder, bulk, work, takesOver, ranks, onMicroBatch, cancel);
            _likeness = State is null ? null : new RankLikeness(
                "learner", State.Model, State.Step.Reference, State.ReferenceRead);
        }
        catch (IOException failure)
        {
            return failure.Message;
        }

        return State is null
            ? $"no learner holds the weights after update {work.Step - 1}, and no checkpoint does"
            : null;
    }
}
