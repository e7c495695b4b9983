using R1Reward.Data;

namespace R1Reward.Rewards.Remote;

/// <summary>Options of <see cref="RemoteRewardClient"/>. The defaults are those of the published clients.</summary>
public sealed record RemoteRewardOptions
{
    /// <summary>
    /// The address: whole for the first two protocols (for example <c>http://127.0.0.1:20240/get_reward_mllm</c>), the
    /// base for the others, which add <c>/compute</c>.
    /// </summary>
    public required Uri Url { get; init; }

    /// <summary>How the server is spoken to.</summary>
    public required RemoteProtocol Protocol { get; init; }

    /// <summary>Limit of one request; null: 180 s, 3000 s, 60 s or 120 s by protocol.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Requests per call, the first included; null: 5 or 3 by protocol.</summary>
    public int? Attempts { get; init; }

    /// <summary>Pause between attempts; null: 1 s or none by protocol.</summary>
    public TimeSpan? Pause { get; init; }

    /// <summary>Requests under way at once. Default 16.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>
    /// Name of the field with the sequences; null: <c>query</c> for <see cref="RemoteProtocol.R1"/>, else
    /// <c>queries</c>.
    /// </summary>
    public string? QueryKey { get; init; }

    /// <summary>The environment variable that holds the key; null: none is sent.</summary>
    public string? ApiKeyEnv { get; init; }

    internal bool IsCompute => Protocol is RemoteProtocol.Pointwise or RemoteProtocol.Groupwise;

    internal TimeSpan EffectiveTimeout => Timeout ?? Protocol switch
    {
        RemoteProtocol.R1 => TimeSpan.FromSeconds(180),
        RemoteProtocol.LightRft => TimeSpan.FromSeconds(3000),
        RemoteProtocol.Pointwise => TimeSpan.FromSeconds(60),
        RemoteProtocol.Groupwise => TimeSpan.FromSeconds(120),
        _ => throw new ArgumentOutOfRangeException(nameof(Protocol), Protocol, null),
    };

    internal int EffectiveAttempts => Attempts ?? (IsCompute ? 3 : 5);

    internal TimeSpan EffectivePause => Pause ?? (IsCompute ? TimeSpan.Zero : TimeSpan.FromSeconds(1));

    internal string EffectiveQueryKey => QueryKey ?? (Protocol == RemoteProtocol.R1 ? "query" : "queries");

    /// <summary>Refuses settings that cannot work, all of them in one message.</summary>
    /// <exception cref="UserErrorException">At least one setting is wrong.</exception>
    public void Validate()
    {
        var errors = new List<string>();
        if (!Url.IsAbsoluteUri || (Url.Scheme != Uri.UriSchemeHttp && Url.Scheme != Uri.UriSchemeHttps))
        {
            errors.Add($"url {Url}: use an http or https address");
        }

        if (EffectiveTimeout <= TimeSpan.Zero || EffectiveTimeout > TimeSpan.FromDays(1))
        {
            errors.Add($"timeout {EffectiveTimeout}: use more than 0, up to 1 day");
        }

        if (EffectiveAttempts < 1)
        {
            errors.Add($"attempts {EffectiveAttempts}: use at least 1");
        }

        if (Concurrency < 1)
        {
            errors.Add($"concurrency {Concurrency}: use at least 1");
        }

        if (EffectivePause < TimeSpan.Zero || EffectivePause > TimeSpan.FromDays(1))
        {
            errors.Add($"pause {EffectivePause}: use 0 to 1 day");
        }

        if (errors.Count > 0)
        {
            throw new UserErrorException("remote reward: " + string.Join("; ", errors));
        }
    }
}
