namespace R1Reward.Data.Media.Fetching;

/// <summary>Limits of pictures that are fetched from http and https addresses.</summary>
public sealed record FetchOptions
{
    /// <summary>The largest picture in bytes. Default 32 MiB.</summary>
    public int MaxBytes { get; init; } = 32 << 20;

    /// <summary>How long one picture may take, redirects included. Default 20 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often an address may lead to another one. Default 3.</summary>
    public int MaxRedirects { get; init; } = 3;

    /// <summary>
    /// Whether machines of private networks and this one are asked, too. Addresses of clouds' metadata services, the
    /// link-local ones among them, never are. Default false.
    /// </summary>
    public bool AllowPrivate { get; init; }
}
