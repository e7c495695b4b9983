using System.CommandLine;
using R1Reward.Cli.Running;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward quickstart</c>: the whole job on the built-in task.</summary>
internal static class QuickstartCommand
{
    /// <summary>The folder of the sources where the user stands in another one; set by <c>./r1</c>.</summary>
    private static string Home => Environment.GetEnvironmentVariable("R1_HOME") ?? "";

    public static Command Create()
    {
        var config = Options.Config(Path.Combine(Home, "hocon", "quickstart.conf"));
        var set = Options.Set();
        var plain = Options.Plain();
        var name = Options.Name();
        var seed = new Option<int>("--seed") { Description = "seed of the run", DefaultValueFactory = _ => 1 };
        var processes = new Option<int>("--processes") { Description = "1 or 3", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "quickstart",
            "train a tiny reward model from nothing: data, cluster, cold start, reinforcement learning, evaluation, "
            + "vote")
        {
            config, set, name, plain, seed, processes,
        };
        command.SetAction((parsed, _) =>
        {
            var run = parsed.GetValue(name) ?? $"quickstart-{parsed.GetValue(seed)}";
            return TrainSession.RunAsync(
                Options.Load(
                    parsed.GetValue(config), parsed.GetValue(set), run, [$"r1reward.run.seed={parsed.GetValue(seed)}"]),
                new TrainOptions(parsed.GetValue(plain), parsed.GetValue(processes), Submit: false));
        });
        return command;
    }
}
