namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Limits of the servers that the program is; options of its commands go before them.</summary>
public sealed record ServeSettings
{
    /// <summary>How long requests under way may take once a server is asked to end.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>How long a client may take to send a request.</summary>
    public required TimeSpan ReadTimeout { get; init; }

    /// <summary>Requests under way at once, in all three servers.</summary>
    public required int MaxRequests { get; init; }

    /// <summary>Largest request body of <c>serve rewards</c>.</summary>
    public required long RewardsRequestBytes { get; init; }

    /// <summary>Items of one request to <c>serve rewards</c>.</summary>
    public required int MaxItems { get; init; }

    /// <summary>Largest request body of <c>serve grm</c>.</summary>
    public required long GrmRequestBytes { get; init; }

    /// <summary>Tokens of a reply of <c>serve grm</c>.</summary>
    public required int MaxNewTokens { get; init; }

    /// <summary>Samples of one request to <c>serve grm</c>.</summary>
    public required int MaxSamples { get; init; }

    /// <summary>Largest request body of <c>judge serve</c>.</summary>
    public required long JudgeRequestBytes { get; init; }

    /// <summary>Reads the keys under <c>r1reward.serve</c>.</summary>
    public static ServeSettings Read(SettingsReader reader)
    {
        const string serve = "r1reward.serve.";
        return new ServeSettings
        {
            DrainTimeout = reader.Duration(serve + "drain-timeout"),
            ReadTimeout = reader.Duration(serve + "read-timeout"),
            MaxRequests = reader.Whole(serve + "max-requests", 1),
            RewardsRequestBytes = reader.Bytes(serve + "rewards.max-request-size"),
            MaxItems = reader.Whole(serve + "rewards.max-items", 1),
            GrmRequestBytes = reader.Bytes(serve + "grm.max-request-size"),
            MaxNewTokens = reader.Whole(serve + "grm.max-new-tokens", 1),
            MaxSamples = reader.Whole(serve + "grm.max-samples", 1),
            JudgeRequestBytes = reader.Bytes(serve + "judge.max-request-size"),
        };
    }
}
