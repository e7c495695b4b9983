using R1Reward.Data;
using R1Reward.Rewards.Judge;
using Serilog;

namespace R1Reward.Actors.Workers.Judge;

/// <summary>
/// Asks a judge's endpoints at the start of a run whether they answer and take the key, before the run has cost
/// anything.
/// </summary>
public static class JudgeProbe
{
    /// <summary>
    /// Returns when the run can begin: the judge answers, or the run may go on without it for a while.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// An endpoint refuses, or none answers and the run would wait for one.
    /// </exception>
    public static async Task RequireAsync(OpenAiJudgeClient judge, JudgeOptions options)
    {
        if (await judge.ProbeAsync() is not { } failure)
        {
            return;
        }

        if (failure.IsTransient && options.OnFailure == JudgeFailurePolicy.WithoutBonus)
        {
            Log.Warning("the judge does not answer yet: {Reason}", failure.Reason);
            return;
        }

        var remedy = failure.IsTransient
            ? "Start it, or set on-failure = without-bonus to train without it meanwhile."
            : "Correct endpoints, model or api-key-env.";
        throw new UserErrorException($"r1reward.judge: the judge cannot be asked: {failure.Reason}. {remedy}");
    }
}
