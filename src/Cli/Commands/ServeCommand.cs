using System.CommandLine;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Text;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward serve rewards</c> and <c>r1reward serve grm</c>.</summary>
internal static class ServeCommand
{
    /// <summary>The command with both servers.</summary>
    public static Command Create() => new("serve", "serve rewards or a reward model over HTTP") { Rewards(), Grm() };

    private static Command Rewards()
    {
        var listening = new Listening(port: 20240, section: "rewards");
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
        var model = new Option<string?>("--model")
        {
            Description = "folder of a scalar model or a judge whose scores are served instead",
            HelpName = "DIR",
        };
        var samples = new Option<int>("--k")
        {
            Description = "votes on each two responses in each order, for a judge",
            DefaultValueFactory = _ => JudgeScorerOptions.DefaultSamples,
        };
        var maxItems = new Option<int?>("--max-items")
        {
            Description = "most items of one request, more get 413 (r1reward.serve.rewards.max-items)",
            HelpName = "N",
        };
        var command = new Command(
            "rewards", "serve /get_reward_mllm, /get_reward and /compute; rewards and judge as the configuration says")
        {
            dataset, field, marker, samples, maxItems,
        };
        JudgeModelOptions.AddTo(command, model: model);
        listening.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var reader = listening.Reader(parsed);
            var settings = ServeSettings.Read(reader);
            var judge = JudgeSettings.Read(reader).Options;
            var rewards = RewardSettings.Read(reader);
            reader.ThrowIfWrong();
            var drain = listening.DrainTimeout(parsed, settings);
            var particular = new RewardServerOptions { MaxItems = parsed.GetValue(maxItems) ?? settings.MaxItems };
            var options = listening.In(particular, parsed, settings, settings.RewardsRequestBytes);
            if (parsed.GetValue(model) is { } folder)
            {
                if (Scorers.IsScalar(folder))
                {
                    Options.RefuseAny(
                        parsed, [samples], $"{folder} is a scalar model, which gives scores and no votes");
                }

                var sampling = new SamplingOptions { MaxNewTokens = settings.MaxNewTokens };
                using var scorer = await Scorers.OpenAsync(
                    JudgeModelOptions.Read(parsed, folder),
                    new JudgeScorerOptions(parsed.GetValue(samples), Seed: 1, sampling));
                var scores = new ModelRewards(scorer, new RewardServiceOptions { Marker = parsed.GetValue(marker) });
                await using var scoring = await RewardServer.StartAsync(options, scores, cancel);
                await Listening.ServeUntilStoppedAsync(
                    $"scores at {scoring.Address}", drain, scoring.StopAsync, cancel);
                return ExitCode.Done;
            }

            Options.RefuseAny(parsed, [.. JudgeModelOptions.OfModel, samples], "no model is served without --model");
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
        var listening = new Listening(port: 8001, section: "grm");
        var name = new Option<string?>("--name")
        {
            Description = "name under which the model is listed; without it that of its folder",
            HelpName = "NAME",
        };
        var maxNewTokens = new Option<int?>("--max-new-tokens")
        {
            Description = "most tokens of a reply (r1reward.serve.grm.max-new-tokens)",
            HelpName = "N",
        };
        var maxSamples = new Option<int?>("--max-samples")
        {
            Description = "most samples of one request, for n and vote_k (r1reward.serve.grm.max-samples)",
            HelpName = "N",
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
            var reader = listening.Reader(parsed);
            var settings = ServeSettings.Read(reader);
            model = model with { Fetch = model.Fetch ?? MediaSettings.Read(reader).Decoding.Fetch };
            reader.ThrowIfWrong();
            var drain = listening.DrainTimeout(parsed, settings);
            var particular = new GrmServerOptions
            {
                Fetches = model.Fetch is not null,
                Model = parsed.GetValue(name) ?? Path.GetFileName(folder),
                MaxNewTokens = parsed.GetValue(maxNewTokens) ?? settings.MaxNewTokens,
                MaxSamples = parsed.GetValue(maxSamples) ?? settings.MaxSamples,
                Seed = parsed.GetValue(seed),
            };
            var options = listening.In(particular, parsed, settings, settings.GrmRequestBytes);

            // Refused before the model is loaded, which may take minutes.
            options.Validate();
            using var engine = await GrmEngine.StartAsync(model, options.MaxRequests);
            await using var server = await GrmServer.StartAsync(options, engine, TimeProvider.System, cancel);
            await Listening.ServeUntilStoppedAsync(
                $"{options.Model} at {server.Endpoint}", drain, server.StopAsync, cancel);
            return ExitCode.Done;
        });
        return command;
    }
}
