using System.CommandLine;
using R1Reward.Cli.Running;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward config show</c>: checks a configuration and prints every key that is in force.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var (config, set) = (Options.Config(), Options.Set());
        var show = new Command("show", "check a configuration and print it with every default") { config, set };
        show.SetAction(parsed =>
        {
            var effective = Options.Load(parsed.GetValue(config), parsed.GetValue(set));
            CheckedSettings.Read(effective.Reader(), effective);
            Console.Write(effective.Print());
        });
        return new Command("config", "configuration") { show };
    }
}
