using System.CommandLine;
using R1Reward.Cli.Running;
using R1Reward.Data.Options;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward train</c>: a run as its configuration says, new or resumed where it stopped.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var (config, set, name, plain) = (Options.Config(), Options.Set(), Options.Name(), Options.Plain());
        var format = Options.Format("as the configuration says");
        config.Required = true;
        var processes = new Option<int>("--processes")
        {
            Description = "1: everything in this process; 3: the rollout worker and the learner (with "
                + "r1reward.learner.ranks above 1 each of them) in processes of their own",
            DefaultValueFactory = _ => 1,
        };
        var submit = new Option<bool>("--submit")
        {
            Description = "hand the run to the cluster at akka.cluster.seed-nodes instead of working on it here",
        };
        var command = new Command(
            "train", "run cold start and reinforcement learning, or go on with an interrupted run of the same name")
        {
            config, set, name, plain, format, processes, submit,
        };
        command.SetAction((parsed, _) => TrainSession.RunAsync(
            Options.Load(
                parsed.GetValue(config),
                parsed.GetValue(set),
                parsed.GetValue(name),
                parsed.GetValue(format) is { } rows ? [$"r1reward.data.format={EnumNames.Dashed(rows)}"] : []),
            new TrainOptions(parsed.GetValue(plain), parsed.GetValue(processes), parsed.GetValue(submit))));
        return command;
    }
}
