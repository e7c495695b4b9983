using R1Reward.Rewards.Http;
using R1Reward.Rewards.Serving;

namespace R1Reward.Rewards.Judge.Server;

/// <summary>Options of <see cref="JudgeServer"/>.</summary>
public sealed record JudgeServerOptions : JsonServerOptions
{
    /// <summary>The model name that is listed and answered to. Default <c>rule-judge</c>.</summary>
    public string Model { get; init; } = "rule-judge";

    /// <summary>Added to every completion, to stand for a slow judge. Default zero.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.Zero;

    /// <summary>Share of completions answered 503, 0 to 1, to stand for an unreliable judge. Default 0.</summary>
    public double FailureRate { get; init; }

    /// <summary>Share of judgments of scenes with one object misjudged, 0 to 1. Default 0.</summary>
    public double MistakeRate { get; init; }

    /// <summary>Seed of the choice which completions fail, and which judgments have a mistake. Default 0.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    protected override IEnumerable<string> Errors()
    {
        foreach (var error in base.Errors())
        {
            yield return error;
        }

        if (FailureRate is not (>= 0 and <= 1))
        {
            yield return $"failure rate {FailureRate} is no share: use 0 to 1";
        }

        if (MistakeRate is not (>= 0 and <= 1))
        {
            yield return $"mistake rate {MistakeRate} is no share: use 0 to 1";
        }

        if (Latency < TimeSpan.Zero)
        {
            yield return $"latency {Latency} lies in the past: use 0 or more";
        }
    }
}
