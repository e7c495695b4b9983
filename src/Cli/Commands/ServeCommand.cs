using System.CommandLine;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Text;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward serve rewards</c> and <c>r1reward serve grm</c>.</summary>
internal static class ServeCommand
{
    /// <summary>The command with both servers.</summary>
    public static Command Create() => new("serve", "serve rewards or a reward model over HTTP") { Rewards(), Grm() };

    private static Command Rewards()
    {
        var listening = new Listening(port: 20240, maxRequestMib: 256);
        var config = Options.Config();
        var set = Options.Set();
        var dataset = new Option<string?>("--dataset")
        {
            Description =
                "the trainer's data file, for its accepted answers; without it requests must bring references",
            HelpName = "FILE",
        };
        var field = new Option<string>("--input-key")
        {
            Description = "field of the data file with the prompt",
            HelpName = "NAME",
            DefaultValueFactory = _ => "message",
        };
        var marker = new Option<ResponseMarker>("--prompt-template")
        {
            Description = "after what the response starts: chatml, qwen1 or base",
            HelpName = "NAME",
            DefaultValueFactory = _ => ResponseMarker.Chatml,
        };
        var maxItems = new Option<int>("--max-items")
        {
            Description = "most items of one request; more get 413",
            DefaultValueFactory = _ => 4096,
        };
        var command = new Command(
            "rewards", "serve /get_reward_mllm, /get_reward and /compute; rewards and judge as the configuration says")
        {
            config, set, dataset, field, marker, maxItems,
        };
        listening.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var reader = Options.Load(parsed.GetValue(config), parsed.GetValue(set)).Reader();
            var judge = JudgeSettings.Read(reader).Options;
            var rewards = RewardSettings.Read(reader);
            reader.ThrowIfWrong();
            var drain = listening.DrainTimeout(parsed);
            var options = new RewardServerOptions
            {
                Address = listening.Address(parsed),
                Port = listening.Port(parsed),
                ApiKey = listening.Key(parsed),
                MaxRequestBytes = listening.MaxRequestBytes(parsed),
                MaxRequests = listening.MaxRequests(parsed),
                MaxItems = parsed.GetValue(maxItems),
            };
            var answers = parsed.GetValue(dataset) is { } file
                ? AcceptedAnswers.Load(file, parsed.GetValue(field)!)
                : AcceptedAnswers.None;
            await using var served = await ServedRewards.StartAsync(
                rewards, judge, answers, parsed.GetValue(marker), Console.Error.WriteLine, cancel);
            await using var server = await RewardServer.StartAsync(options, served.Rewards, cancel);
            await Listening.ServeUntilStoppedAsync($"rewards at {server.Address}", drain, server.StopAsync, cancel);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Grm()
    {
        var listening = new Listening(port: 8001, maxRequestMib: 64);
        var name = new Option<string?>("--name")
        {
            Description = "name under which the model is listed; without it that of its folder",
            HelpName = "NAME",
        };
        var maxNewTokens = new Option<int>("--max-new-tokens")
        {
            Description = "most tokens of a reply",
            DefaultValueFactory = _ => 1024,
        };
        var maxSamples = new Option<int>("--max-samples")
        {
            Description = "most samples of one request, for n and vote_k",
            DefaultValueFactory = _ => 64,
        };
        var seed = new Option<long>("--seed")
        {
            Description = "seed of the samples of requests that bring none",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command("grm", "serve a generative reward model over the OpenAI chat API")
        {
            name, maxNewTokens, maxSamples, seed,
        };
        listening.AddTo(command);
        JudgeModelOptions.AddTo(command, template: false);
        command.SetAction(async (parsed, cancel) =>
        {
            var model = JudgeModelOptions.Read(parsed);
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model.Model));
            var drain = listening.DrainTimeout(parsed);
            var options = new GrmServerOptions
            {
                Address = listening.Address(parsed),
                Port = listening.Port(parsed),
                ApiKey = listening.Key(parsed),
                MaxRequestBytes = listening.MaxRequestBytes(parsed),
                MaxRequests = listening.MaxRequests(parsed),
                Model = parsed.GetValue(name) ?? Path.GetFileName(folder),
                MaxNewTokens = parsed.GetValue(maxNewTokens),
                MaxSamples = parsed.GetValue(maxSamples),
                Seed = parsed.GetValue(seed),
            };

            // Refused before the model is loaded, which may take minutes.
            options.Validate();
            using var engine = await GrmEngine.StartAsync(model);
            await using var server = await GrmServer.StartAsync(options, engine, TimeProvider.System, cancel);
            await Listening.ServeUntilStoppedAsync(
                $"{options.Model} at {server.Endpoint}", drain, server.StopAsync, cancel);
            return ExitCode.Done;
        });
        return command;
    }
}
