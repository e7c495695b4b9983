using System.Globalization;
using R1Reward.Actors.Telemetry;
using R1Reward.Data;
using R1Reward.Rewards.Judge;
using Serilog;

namespace R1Reward.Actors.Workers.Judge;

/// <summary>
/// A judge as <c>r1reward.judge.on-failure</c> wants it: with <c>pause</c> a question that finds it out of reach waits
/// and is asked again until it is answered, with <c>without-bonus</c> the failure is the reply. A wrong key, model or
/// address ends the run with its reason, since asking again cannot help. A question that fails while others are
/// answered is not waited for: its failure is the reply, whatever the policy. Safe for concurrent use.
/// </summary>
/// <param name="judge">The judge; disposed with this.</param>
/// <param name="options">What its failures do, and how long to wait between two questions.</param>
/// <param name="time">The clock.</param>
public sealed class PatientJudge(IJudgeClient judge, JudgeOptions options, TimeProvider time)
    : IJudgeClient, IDisposable
{
    // A question that has failed so often may be what fails, rather than the judge.
    private const int PatientAsks = 3;

    // An outage is logged once, not by each of many questions.
    private Outage? _outage;
    private long _asks;

    /// <summary>What questions wait for and for how long, in words; null while they are answered.</summary>
    public string? WaitsFor => Volatile.Read(ref _outage) is { } outage
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"waiting for the judge{outage.Reason}, {time.GetElapsedTime(outage.Since).TotalSeconds:0} s")
        : null;

    /// <summary>Questions put to the judge so far, repeated ones counted.</summary>
    public long Asks => Interlocked.Read(ref _asks);

    /// <summary>The reply; its attempts and its time include those of questions that did not reach a judge.</summary>
    /// <exception cref="UserErrorException">The judge refuses, and would refuse any question.</exception>
    public async Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default)
    {
        var attempts = 0;
        var latency = TimeSpan.Zero;
        for (var ask = 1; ; ask++)
        {
            Interlocked.Increment(ref _asks);
            var reply = await judge.AskAsync(prompt, cancellationToken).ConfigureAwait(false);
            Meters.JudgeAsks.Add(1);
            Meters.JudgeFailures.Add(reply.Failure is null ? 0 : 1);
            if (reply.Failure is { NeedsUser: true } refused)
            {
                throw new UserErrorException($"the judge refuses to answer: {refused.Reason}. Check r1reward.judge.");
            }

            var hadToWait = attempts > 0;
            attempts += reply.Attempts;
            latency += reply.Latency;
            if (reply.Failure is not { IsTransient: true } failure
                || options.OnFailure != JudgeFailurePolicy.Pause
                || await FailsAloneAsync(failure, ask, cancellationToken).ConfigureAwait(false))
            {
                NoteAnswer(reply);
                return reply with { Attempts = attempts, Latency = latency, Cached = reply.Cached && !hadToWait };
            }

            NoteOutage(failure);
            await Task.Delay(options.BreakFor, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (judge as IDisposable)?.Dispose();

    // A server that breaks off at one question and answers the next would hold up the run for good.
    private async Task<bool> FailsAloneAsync(JudgeFailure failure, int ask, CancellationToken cancellationToken)
    {
        if (ask < PatientAsks || failure.Kind is not (JudgeFailureKind.ServerError or JudgeFailureKind.TimedOut))
        {
            return false;
        }

        var plain = await judge.AskAsync(JudgePrompt.Check, cancellationToken).ConfigureAwait(false);
        return plain.Failure is null or { ConcernsTheQuestion: true };
    }

    private void NoteOutage(JudgeFailure failure)
    {
        // What cannot be reached is told as an address and what is wrong with it, all else as a sentence.
        var isAddress = failure.Kind is JudgeFailureKind.Unreachable or JudgeFailureKind.CircuitOpen;
        var reason = (isAddress ? " at " : ": ") + failure.Reason;
        var outage = new Outage(time.GetTimestamp(), reason);
        if (Interlocked.CompareExchange(ref _outage, outage, null) is null)
        {
            Log.Warning("rewards wait for the judge: {Reason}", failure.Reason);
        }
    }

    private void NoteAnswer(JudgeReply reply)
    {
        if (reply.Attempts > 0 && Interlocked.Exchange(ref _outage, null) is not null)
        {
            Log.Information("the judge answers again");
        }
    }

    private sealed record Outage(long Since, string Reason);
}
