using System.CommandLine;
using System.CommandLine.Parsing;
using R1Reward.Actors.Configuration;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Options;

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

    /// <summary><c>--format NAME</c>; null where it is not given.</summary>
    /// <param name="otherwise">What holds without it.</param>
    public static Option<PairFormat?> Format(string otherwise) => new("--format")
    {
        Description = $"how the rows of the file are read, as r1reward.data.format has it; without it {otherwise}",
        HelpName = "NAME",
        CustomParser = ParseFormat,
    };

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

    /// <summary>Refuses what was given and would do nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The options, of which none may be given.</param>
    /// <param name="why">Why they would do nothing.</param>
    /// <exception cref="UserErrorException">Names the first that was given.</exception>
    public static void RefuseAny(ParseResult parsed, IEnumerable<Option> options, string why)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UserErrorException($"{given.Name}: {why}; leave {given.Name} out.");
        }
    }

    private static PairFormat? ParseFormat(ArgumentResult written)
    {
        var name = written.Tokens[0].Value;
        var names = EnumNames.Values<PairFormat>();
        if (names.TryGetValue(name, out var format))
        {
            return format;
        }

        written.AddError($"--format {name}: write one of {string.Join(", ", names.Keys)}.");
        return null;
    }
}
