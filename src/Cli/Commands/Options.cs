using System.CommandLine;
using R1Reward.Actors.Configuration;

namespace R1Reward.Cli.Commands;

/// <summary>Options that several commands have, declared once so that they read the same everywhere.</summary>
internal static class Options
{
    /// <summary><c>--config FILE</c>; <paramref name="preset"/> is used without it.</summary>
    public static Option<string?> Config(string? preset = null) => new("--config")
    {
        Description = "HOCON file; hocon/reference.conf documents every key",
        HelpName = "FILE",
        DefaultValueFactory = _ => preset,
    };

    /// <summary><c>--set KEY=VALUE</c>, any number of times.</summary>
    public static Option<string[]> Set() => new("--set")
    {
        Description = "override one key, for example --set r1reward.rl.steps=10; may be repeated",
        HelpName = "KEY=VALUE",
    };

    public static Option<string?> Name() => new("--name") { Description = "name of the run folder", HelpName = "NAME" };

    public static Option<bool> Plain() => new("--plain") { Description = "plain lines instead of a live display" };

    /// <summary>Loads the configuration that the options name.</summary>
    public static EffectiveConfiguration Load(
        string? file, string[]? set, string? name = null, IEnumerable<string>? more = null)
    {
        List<string> overrides = [.. set ?? [], .. more ?? []];
        if (name is not null)
        {
            overrides.Add("r1reward.run.name=" + name);
        }

        return Configurations.Load(file, overrides, Environment.GetEnvironmentVariable);
    }
}
