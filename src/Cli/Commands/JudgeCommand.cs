using System.CommandLine;
using R1Reward.Actors.Hosting;
using R1Reward.Rewards.Judge.Server;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward judge serve</c>: the rule judge behind the OpenAI chat API.</summary>
internal static class JudgeCommand
{
    public static Command Create()
    {
        var listening = new Listening(8000);
        var latency = new Option<int>("--latency-ms")
        {
            Description = "added to every reply, to stand for a slow judge",
            DefaultValueFactory = _ => 0,
        };
        var failures = new Option<double>("--failure-rate")
        {
            Description = "share of replies that fail, to stand for an unreliable judge",
            DefaultValueFactory = _ => 0,
        };
        var serve = new Command("serve", "serve the rule-based consistency judge over the OpenAI chat API");
        listening.AddTo(serve);
        serve.Options.Add(latency);
        serve.Options.Add(failures);
        serve.SetAction(async (parsed, cancel) =>
        {
            await using var server = await JudgeServer.StartAsync(new JudgeServerOptions
            {
                Address = listening.Address(parsed),
                Port = listening.Port(parsed),
                ApiKey = listening.Key(parsed),
                Latency = TimeSpan.FromMilliseconds(parsed.GetValue(latency)),
                FailureRate = parsed.GetValue(failures),
            }, TimeProvider.System, cancel);
            await Listening.UntilStoppedAsync($"judge at {server.Endpoint}", cancel);
            return ExitCode.Done;
        });
        return new Command("judge", "the consistency judge") { serve };
    }
}
