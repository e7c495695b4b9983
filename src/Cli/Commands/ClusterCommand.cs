using System.CommandLine;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Protocol;
using R1Reward.Cli.Running;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward cluster</c>: what a cluster does, nodes that are to leave it, and its certificates.</summary>
internal static class ClusterCommand
{
    /// <summary>The command with its verbs.</summary>
    public static Command Create() => new("cluster", "look at a cluster, take nodes out of it, make its certificates")
    {
        Status(),
        Order(
            "leave",
            "have a node hand back its work and end; returns when it has left",
            node => new ClusterCommands.Leave(node)),
        Order(
            "down",
            "remove a node that does not answer and is not coming back; its work is given out again",
            node => new ClusterCommands.Down(node)),
        ClusterCertsCommand.Create(),
    };

    private static Command Status()
    {
        var (config, set) = Configuration();
        var json = new Option<bool>("--json") { Description = "one JSON object" };
        var command = new Command("status", "members, run, workers and what is waited for") { config, set, json };
        command.SetAction(async (parsed, _) =>
        {
            await using var session = ClusterSession.Start(Load(parsed, config, set));
            return await session.ShowAsync(parsed.GetValue(json));
        });
        return command;
    }

    private static Command Order(string verb, string description, Func<string, object> order)
    {
        var (config, set) = Configuration();
        var node = new Argument<string>("NODE")
        {
            Description = "address of a member as `status` shows it, or its HOST:PORT",
        };
        var command = new Command(verb, description) { node, config, set };
        command.SetAction(async (parsed, _) =>
        {
            await using var session = ClusterSession.Start(Load(parsed, config, set));
            var name = parsed.GetValue(node)!;
            return await session.OrderAsync(name, order(name));
        });
        return command;
    }

    private static (Option<string?> Config, Option<string[]> Set) Configuration()
    {
        var config = Options.Config();
        config.Required = true;
        return (config, Options.Set());
    }

    private static EffectiveConfiguration Load(ParseResult parsed, Option<string?> config, Option<string[]> set) =>
        Options.Load(parsed.GetValue(config), parsed.GetValue(set));
}
