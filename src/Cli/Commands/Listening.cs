using System.CommandLine;
using System.Globalization;
using System.Net;
using R1Reward.Cli.Running;
using R1Reward.Data;

namespace R1Reward.Cli.Commands;

/// <summary>
/// What the commands that serve have in common: where they listen, their limits, and that they serve until stopped.
/// </summary>
internal sealed class Listening
{
    private const int MaxDrainSeconds = 24 * 60 * 60;

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

    private readonly Option<int> _maxRequests = new("--max-requests")
    {
        Description = "requests at once; further ones get 429",
        DefaultValueFactory = _ => 1024,
    };

    private readonly Option<double> _drain = new("--drain-timeout")
    {
        Description = "seconds that requests under way may take after Ctrl-C or SIGTERM",
        DefaultValueFactory = _ => 30,
    };

    private readonly Option<int> _port;
    private readonly Option<int> _maxRequestMib;

    /// <summary>The options with the defaults of one server.</summary>
    /// <param name="port">The port where none is given.</param>
    /// <param name="maxRequestMib">The largest request body in MiB where none is given.</param>
    public Listening(int port, int maxRequestMib)
    {
        _port = new Option<int>("--port")
        {
            Description = "port; 0 takes a free one",
            DefaultValueFactory = _ => port,
        };
        _maxRequestMib = new Option<int>("--max-request-mib")
        {
            Description = "largest request body in MiB, pictures in base64 included; larger ones get 413",
            DefaultValueFactory = _ => maxRequestMib,
        };
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_port);
        command.Options.Add(_key);
        command.Options.Add(_maxRequestMib);
        command.Options.Add(_maxRequests);
        command.Options.Add(_drain);
    }

    /// <summary>The address to listen on; <c>localhost</c> is the loopback address.</summary>
    /// <exception cref="UserErrorException">The host is not an IP address.</exception>
    public IPAddress Address(ParseResult parsed)
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

    /// <summary>The port to listen on; 0 takes a free one.</summary>
    public int Port(ParseResult parsed) => parsed.GetValue(_port);

    /// <summary>The largest request body in bytes.</summary>
    public long MaxRequestBytes(ParseResult parsed) => (long)parsed.GetValue(_maxRequestMib) << 20;

    /// <summary>How many requests may be under way at once.</summary>
    public int MaxRequests(ParseResult parsed) => parsed.GetValue(_maxRequests);

    /// <summary>The key; null where none is asked for.</summary>
    public string? Key(ParseResult parsed)
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
    public TimeSpan DrainTimeout(ParseResult parsed)
    {
        var seconds = parsed.GetValue(_drain);
        return seconds is >= 0 and <= MaxDrainSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UserErrorException(string.Create(
                CultureInfo.InvariantCulture,
                $"--drain-timeout {seconds}: use 0 to {MaxDrainSeconds} seconds."));
    }

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
