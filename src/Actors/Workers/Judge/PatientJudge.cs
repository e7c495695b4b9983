using R1Reward.Data;
using R1Reward.Rewards.Judge;
using Serilog;

namespace R1Reward.Actors.Workers.Judge;

/// <summary>
/// A judge that is asked again while it is out of reach, as <c>judge.on-failure = pause</c> wants it, and whose refusals end
/// the run with their reason.
/// </summary>
/// <param name="judge">The judge.</param>
/// <param name="options">How long it rests, and what its failures do.</param>
/// <param name="time">The clock.</param>
public sealed class PatientJudge(IJudgeClient judge, JudgeOptions options, TimeProvider time) : IJudgeClient, IDisposable
{
    /// <inheritdoc/>
    /// <exception cref="UserErrorException">The judge refuses.</exception>
    public async Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default)
    {
        var (attempts, latency) = (0, TimeSpan.Zero);
        while (true)
        {
            var reply = await judge.AskAsync(prompt, cancellationToken).ConfigureAwait(false);
            (attempts, latency) = (attempts + reply.Attempts, latency + reply.Latency);
            if (reply.Failure is { IsTransient: false } refused)
            {
                throw new UserErrorException($"the judge refuses to answer: {refused.Reason}. Check r1reward.judge.");
            }

            if (reply.Failure is null || options.OnFailure != JudgeFailurePolicy.Pause)
            {
                return reply with { Attempts = attempts, Latency = latency };
            }

            Log.Warning("rewards wait for the judge: {Reason}", reply.Failure.Reason);
            await Task.Delay(options.BreakFor, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (judge as IDisposable)?.Dispose();
}
