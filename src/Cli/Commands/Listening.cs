using System.CommandLine;
using System.Net;
using R1Reward.Cli.Running;
using R1Reward.Data;

namespace R1Reward.Cli.Commands;

/// <summary>
/// What the commands that serve have in common: where they listen, and that they do so until they are stopped.
/// </summary>
internal sealed class Listening
{
    private readonly Option<string> _host = new("--host")
    {
        Description = "address to listen on; anything but loopback needs --api-key-env",
        DefaultValueFactory = _ => "127.0.0.1",
    };
    private readonly Option<int> _port;
    private readonly Option<string?> _key = new("--api-key-env")
    {
        Description = "environment variable with the key that requests must bear",
        HelpName = "NAME",
    };

    /// <summary>The options with their usual port.</summary>
    public Listening(int port) => _port = new("--port")
    {
        Description = "port; 0 takes a free one",
        DefaultValueFactory = _ => port,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_port);
        command.Options.Add(_key);
    }

    /// <summary>The address to listen on; <c>localhost</c> is the loopback address.</summary>
    /// <exception cref="UserErrorException">The host is not an IP address.</exception>
    public IPAddress Address(ParseResult parsed) => parsed.GetValue(_host)! is var host
        && host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : throw new UserErrorException($"--host {host}: not an IP address. Write for example 127.0.0.1.");

    /// <summary>The port to listen on; 0 takes a free one.</summary>
    public int Port(ParseResult parsed) => parsed.GetValue(_port);

    /// <summary>The key; null where none is asked for.</summary>
    public string? Key(ParseResult parsed) => parsed.GetValue(_key) is not { } name ? null
        : Environment.GetEnvironmentVariable(name) is { Length: > 0 } key ? key
        : throw new UserErrorException($"--api-key-env {name}: the environment has no such variable. Export it first.");

    /// <summary>Prints where a server listens and waits for Ctrl-C.</summary>
    public static async Task UntilStoppedAsync(string announcement, CancellationToken cancel)
    {
        using var stop = new StopKeys();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stop.Requested.Register(() => asked.TrySetResult());
        using var cancelled = cancel.Register(() => asked.TrySetResult());
        Console.WriteLine(announcement);
        await asked.Task;
    }
}
