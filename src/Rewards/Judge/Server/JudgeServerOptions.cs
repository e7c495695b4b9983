using System.Net;
using R1Reward.Data;

namespace R1Reward.Rewards.Judge.Server;

/// <summary>Options of <see cref="JudgeServer"/>.</summary>
public sealed record JudgeServerOptions
{
    /// <summary>The address to listen on. Default loopback; any other needs <see cref="ApiKey"/>.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 (the default) takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The model name that is listed and answered to. Default <c>rule-judge</c>.</summary>
    public string Model { get; init; } = "rule-judge";

    /// <summary>The key that requests must bear; null (the default) asks for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The largest request body in bytes. Default 256 KiB; larger ones get 413.</summary>
    public long MaxRequestBytes { get; init; } = 256 * 1024;

    /// <summary>Added to every completion, to stand for a slow judge. Default zero.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.Zero;

    /// <summary>Share of completions answered 503, 0 to 1, to stand for an unreliable judge. Default 0.</summary>
    public double FailureRate { get; init; }

    /// <summary>Seed of the choice which completions fail. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Refuses settings that cannot work, all of them in one message.</summary>
    /// <exception cref="UserErrorException">At least one setting is wrong.</exception>
    public void Validate()
    {
        var errors = new List<string>();
        if (!IPAddress.IsLoopback(Address) && string.IsNullOrEmpty(ApiKey))
        {
            errors.Add($"the judge server may listen on {Address} only with a key: give one, or listen on 127.0.0.1");
        }

        if (Port is < 0 or > 65535)
        {
            errors.Add($"port {Port} does not exist: use 1 to 65535, or 0 for a free one");
        }

        if (FailureRate is not (>= 0 and <= 1))
        {
            errors.Add($"failure rate {FailureRate} is no share: use 0 to 1");
        }

        if (MaxRequestBytes < 1024)
        {
            errors.Add($"a request limit of {MaxRequestBytes} bytes holds no prompt: use at least 1024");
        }

        if (Latency < TimeSpan.Zero)
        {
            errors.Add($"latency {Latency} lies in the past: use 0 or more");
        }

        if (errors.Count > 0)
        {
            throw new UserErrorException(string.Join("; ", errors));
        }
    }
}
