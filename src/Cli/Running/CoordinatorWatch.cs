using R1Reward.Actors.Protocol;

namespace R1Reward.Cli.Running;

/// <summary>
/// Looks at what a run's command line hears of the coordinator, and says once what mends it when nobody answers, and
/// when whoever answers does not know the run.
/// </summary>
/// <param name="run">Name of the run.</param>
/// <param name="say">Takes the line.</param>
/// <param name="time">The clock.</param>
internal sealed class CoordinatorWatch(string run, Action<string> say, TimeProvider time)
{
    // A coordinator that takes over is silent for about as long where everything is well, and then has to load the run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private long _since = time.GetTimestamp();
    private bool _hasSaidSilent;
    private bool _hasSaidStranger;

    /// <summary>Takes in an answer, null where nobody answered in time.</summary>
    /// <returns>The status where it is the run's, else null.</returns>
    public RunStatus? Look(RunStatus? answer)
    {
        if (answer?.RunId == run)
        {
            (_since, _hasSaidSilent, _hasSaidStranger) = (time.GetTimestamp(), false, false);
            return answer;
        }

        ref var hasSaid = ref (answer is null ? ref _hasSaidSilent : ref _hasSaidStranger);
        if (!hasSaid && time.GetElapsedTime(_since) >= Patience)
        {
            hasSaid = true;
            say(answer is null ? Silent : Stranger(answer));
        }

        return null;
    }

    private string Silent =>
        $"{run}: no coordinator answers. The run goes on when a node with the role coordinator is there that has its "
        + "run.folder; Ctrl-C twice leaves it.";

    private string Stranger(RunStatus answer) =>
        $"{run}: the coordinator that answers now does not know this run: "
        + (answer.Message.Length > 0 ? answer.Message : $"it has {answer.RunId}")
        + ". Start it with the r1reward.run.folder that the run was begun in, or submit the run again there.";
}
