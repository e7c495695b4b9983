using System.Net;
using R1Reward.Data;

namespace R1Reward.Rewards.Http;

/// <summary>Where a server listens and whom it answers.</summary>
public record JsonServerOptions
{
    /// <summary>The address to listen on. Default loopback; any other needs <see cref="ApiKey"/>.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 (the default) takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The key that requests must bear; null (the default) asks for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The largest request body in bytes; larger ones get 413. Default 16 MiB.</summary>
    public long MaxRequestBytes { get; init; } = 16L << 20;

    /// <summary>Requests that are read or answered at once; further ones get 429. Default 1024.</summary>
    public int MaxRequests { get; init; } = 1024;

    /// <summary>
    /// How long a client may take to send the headers of a request, and then its body; longer ones get 408. Default 2
    /// minutes.
    /// </summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Refuses settings that cannot work, all of them in one message.</summary>
    /// <exception cref="UserErrorException">At least one setting is wrong.</exception>
    public void Validate()
    {
        string[] errors = [.. Errors()];
        if (errors.Length > 0)
        {
            throw new UserErrorException(string.Join("; ", errors));
        }
    }

    /// <summary>What is wrong with the settings, a clause each.</summary>
    protected virtual IEnumerable<string> Errors()
    {
        if (!IPAddress.IsLoopback(Address) && string.IsNullOrEmpty(ApiKey))
        {
            yield return $"the server may listen on {Address} only with a key: give one, or listen on 127.0.0.1";
        }

        if (Port is < 0 or > 65535)
        {
            yield return $"port {Port} does not exist: use 1 to 65535, or 0 for a free one";
        }

        if (MaxRequestBytes < 1024)
        {
            yield return $"a request limit of {MaxRequestBytes} bytes holds no prompt: use at least 1024";
        }

        if (MaxRequestBytes > 1L << 30)
        {
            yield return $"a request limit of {MaxRequestBytes} bytes: use at most 1 GiB";
        }

        if (ReadTimeout <= TimeSpan.Zero || ReadTimeout > TimeSpan.FromDays(1))
        {
            yield return $"{ReadTimeout} for a request to be sent: use more than 0, up to a day";
        }

        if (MaxRequests < 1)
        {
            yield return $"{MaxRequests} requests at once: use at least 1";
        }
    }
}
