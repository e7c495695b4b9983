using System.CommandLine;
using R1Reward.Cli.Running;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward node</c>: a node that works for a cluster until it is stopped.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var (config, set) = (Options.Config(), Options.Set());
        config.Required = true;
        var command = new Command(
            "node", "start a node with the roles of its configuration and serve the cluster until it is "
            + "stopped")
        {
            config, set,
        };
        command.SetAction(
            (parsed, _) => NodeSession.RunAsync(Options.Load(parsed.GetValue(config), parsed.GetValue(set))));
        return command;
    }
}
