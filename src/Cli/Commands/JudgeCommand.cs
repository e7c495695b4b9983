using System.CommandLine;
using System.Net;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Rewards.Judge.Server;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward judge serve</c>.</summary>
internal static class JudgeCommand
{
    public static Command Create()
    {
        var host = new Option<string>("--host") { Description = "address to listen on; anything but loopback needs --api-key-env", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "port; 0 takes a free one", DefaultValueFactory = _ => 8000 };
        var key = new Option<string?>("--api-key-env") { Description = "environment variable with the key that requests must bear", HelpName = "NAME" };
        var latency = new Option<int>("--latency-ms") { Description = "added to every reply, to stand for a slow judge", DefaultValueFactory = _ => 0 };
        var failures = new Option<double>("--failure-rate") { Description = "share of replies that fail, to stand for an unreliable judge", DefaultValueFactory = _ => 0 };
        var serve = new Command("serve", "serve the rule-based consistency judge over the OpenAI chat API") { host, port, key, latency, failures };
        serve.SetAction(async (parsed, cancel) =>
        {
            using var stop = new StopKeys();
            var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            stop.Requested += () => asked.TrySetResult();
            await using var server = await JudgeServer.StartAsync(new JudgeServerOptions
            {
                Address = Parse(parsed.GetValue(host)!),
                Port = parsed.GetValue(port),
                ApiKey = parsed.GetValue(key) is { } name ? Environment.GetEnvironmentVariable(name) ?? throw new UserErrorException($"--api-key-env {name}: the environment has no such variable. Export it first.") : null,
                Latency = TimeSpan.FromMilliseconds(parsed.GetValue(latency)),
                FailureRate = parsed.GetValue(failures),
            }, TimeProvider.System, cancel);
            Console.WriteLine($"judge at {server.Endpoint}");
            await asked.Task;
            return ExitCode.Done;
        });
        return new Command("judge", "the consistency judge") { serve };
    }

    private static IPAddress Parse(string host) =>
        host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : throw new UserErrorException($"--host {host}: not an IP address. Write for example 127.0.0.1.");
}
