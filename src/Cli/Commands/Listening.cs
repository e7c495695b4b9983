using System.CommandLine;
using System.Globalization;
using System.Net;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Rewards.Http;

namespace R1Reward.Cli.Commands;

/// <summary>
/// What the commands that serve have in common: where they listen, their limits, which are those of the configuration
/// where an option names no other, and that they serve until stopped.
/// </summary>
internal sealed class Listening
{
    private const int MaxSeconds = 24 * 60 * 60;

    private readonly Option<string> _host = new("--host")
    {
        Description = "address to listen on; anything but loopback needs --api-key-env",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<string?> _key = new("--api-key-env")
    {
        Description = "environment variable with the key that requests must bear",
        HelpName = "NAME",
    };

    private readonly Option<int?> _maxRequests = new("--max-requests")
    {
        Description = "requests at once, further ones get 429 (r1reward.serve.max-requests)",
        HelpName = "N",
    };

    private readonly Option<double?> _drain = new("--drain-timeout")
    {
        Description =
            "seconds that requests under way may take after Ctrl-C or SIGTERM (r1reward.serve.drain-timeout)",
        HelpName = "SECONDS",
    };

    private readonly Option<double?> _read = new("--read-timeout")
    {
        Description = "seconds that a client may take to send a request (r1reward.serve.read-timeout)",
        HelpName = "SECONDS",
    };

    private readonly Option<string?> _config = Options.Config();
    private readonly Option<string[]> _set = Options.Set();
    private readonly Option<int> _port;
    private readonly Option<int?> _maxRequestMib;

    /// <summary>The options of one server.</summary>
    /// <param name="port">The port where none is given.</param>
    /// <param name="section">The server's section of <c>r1reward.serve</c>.</param>
    public Listening(int port, string section)
    {
        _port = new Option<int>("--port")
        {
            Description = "port; 0 takes a free one",
            DefaultValueFactory = _ => port,
        };
        _maxRequestMib = new Option<int?>("--max-request-mib")
        {
            Description = "largest request body in MiB, pictures in base64 included, larger ones get 413 "
                + $"(r1reward.serve.{section}.max-request-size)",
            HelpName = "N",
        };
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_set);
        command.Options.Add(_host);
        command.Options.Add(_port);
        command.Options.Add(_key);
        command.Options.Add(_maxRequestMib);
        command.Options.Add(_maxRequests);
        command.Options.Add(_read);
        command.Options.Add(_drain);
    }

    /// <summary>The configuration that the options name.</summary>
    public SettingsReader Reader(ParseResult parsed) =>
        Options.Load(parsed.GetValue(_config), parsed.GetValue(_set)).Reader();

    /// <summary>A server's options with where it listens and its limits.</summary>
    /// <param name="options">What is particular to the server.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">The limits of the configuration.</param>
    /// <param name="maxRequestBytes">The configuration's limit of a request body.</param>
    public T In<T>(T options, ParseResult parsed, ServeSettings settings, long maxRequestBytes)
        where T : JsonServerOptions => options with
        {
            Address = Address(parsed),
            Port = parsed.GetValue(_port),
            ApiKey = Key(parsed),
            MaxRequestBytes = parsed.GetValue(_maxRequestMib) is { } mib ? (long)mib << 20 : maxRequestBytes,
            MaxRequests = parsed.GetValue(_maxRequests) ?? settings.MaxRequests,
            ReadTimeout = parsed.GetValue(_read) is { } seconds
                ? Seconds("--read-timeout", seconds)
                : settings.ReadTimeout,
        };

    /// <summary>The address to listen on; <c>localhost</c> is the loopback address.</summary>
    /// <exception cref="UserErrorException">The host is not an IP address.</exception>
    private IPAddress Address(ParseResult parsed)
    {
        var host = parsed.GetValue(_host)!;
        if (host == "localhost")
        {
            return IPAddress.Loopback;
        }

        return IPAddress.TryParse(host, out var address)
            ? address
            : throw new UserErrorException($"--host {host}: not an IP address. Write for example 127.0.0.1.");
    }

    /// <summary>The key; null where none is asked for.</summary>
    private string? Key(ParseResult parsed)
    {
        if (parsed.GetValue(_key) is not { } name)
        {
            return null;
        }

        return Environment.GetEnvironmentVariable(name) is { Length: > 0 } key
            ? key
            : throw new UserErrorException(
                $"--api-key-env {name}: the environment has no such variable. Export it first.");
    }

    /// <summary>How long requests under way may take once the server is asked to end.</summary>
    public TimeSpan DrainTimeout(ParseResult parsed, ServeSettings settings) => parsed.GetValue(_drain) is { } seconds
        ? Seconds("--drain-timeout", seconds)
        : settings.DrainTimeout;

    private static TimeSpan Seconds(string option, double seconds) => seconds is >= 0 and <= MaxSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new UserErrorException(string.Create(
            CultureInfo.InvariantCulture,
            $"{option} {seconds}: use 0 to {MaxSeconds} seconds."));

    /// <summary>
    /// Prints where a server listens and waits for Ctrl-C or SIGTERM; then lets it end and names the requests that it
    /// had to leave.
    /// </summary>
    /// <param name="announcement">Where it listens.</param>
    /// <param name="drain">How long requests under way may take.</param>
    /// <param name="stop">Ends the server within that time and gives the requests that were left.</param>
    /// <param name="cancel">Ends the wait, as Ctrl-C does.</param>
    public static async Task ServeUntilStoppedAsync(
        string announcement,
        TimeSpan drain,
        Func<TimeSpan, TimeProvider, Task<IReadOnlyList<string>>> stop,
        CancellationToken cancel)
    {
        using var keys = new StopKeys();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        keys.Requested.Register(() => asked.TrySetResult());
        using var cancelled = cancel.Register(() => asked.TrySetResult());
        Console.WriteLine(announcement);
        await asked.Task;
        foreach (var request in await stop(drain, TimeProvider.System))
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"left unanswered after {drain.TotalSeconds:0.###} s (--drain-timeout): {request}"));
        }
    }
}
