using System.CommandLine;
using R1Reward.Cli.Running;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward quickstart</c>: the whole job on the built-in task.</summary>
internal static class QuickstartCommand
{
    private static readonly string Preset = Path.Combine("hocon", "quickstart.conf");

    /// <summary>
    /// The folder of the sources: the current one or, where the user stands elsewhere, the one that <c>./r1</c> set. An
    /// installed program has the file beside itself.
    /// </summary>
    private static string Home => Environment.GetEnvironmentVariable("R1_HOME")
        ?? (File.Exists(Preset) ? "" : AppContext.BaseDirectory);

    public static Command Create()
    {
        var config = Options.Config(Path.Combine(Home, Preset));
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
