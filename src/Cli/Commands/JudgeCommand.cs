using System.CommandLine;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Rewards.Judge.Server;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward judge serve</c>: the rule judge behind the OpenAI chat API.</summary>
internal static class JudgeCommand
{
    /// <summary>The command with its one server.</summary>
    public static Command Create()
    {
        var listening = new Listening(port: 8000, section: "judge");
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
        var mistakes = new Option<double>("--mistake-rate")
        {
            Description = "share of judgments of scenes with one object misjudged, to stand for a teacher that errs",
            DefaultValueFactory = _ => 0,
        };
        var serve = new Command(
            "serve", "serve a judge by rule, of consistency and of the built-in task, over the OpenAI chat API");
        listening.AddTo(serve);
        serve.Options.Add(latency);
        serve.Options.Add(failures);
        serve.Options.Add(mistakes);
        serve.SetAction(async (parsed, cancel) =>
        {
            var reader = listening.Reader(parsed);
            var settings = ServeSettings.Read(reader);
            reader.ThrowIfWrong();
            var drain = listening.DrainTimeout(parsed, settings);
            var particular = new JudgeServerOptions
            {
                Latency = TimeSpan.FromMilliseconds(parsed.GetValue(latency)),
                FailureRate = parsed.GetValue(failures),
                MistakeRate = parsed.GetValue(mistakes),
            };
            var options = listening.In(particular, parsed, settings, settings.JudgeRequestBytes);
            await using var server = await JudgeServer.StartAsync(options, TimeProvider.System, cancel);
            await Listening.ServeUntilStoppedAsync($"judge at {server.Endpoint}", drain, server.StopAsync, cancel);
            return ExitCode.Done;
        });
        return new Command("judge", "a judge by rule") { serve };
    }
}
