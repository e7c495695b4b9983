using System.CommandLine;
using R1Reward.Actors.Configuration;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward config show</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var (config, set) = (Options.Config(), Options.Set());
        var show = new Command("show", "print the effective configuration") { config, set };
        show.SetAction(parsed =>
        {
            var effective = Options.Load(parsed.GetValue(config), parsed.GetValue(set));
            RunSettings.Read(effective.Reader());
            Console.Write(effective.Print());
        });
        return new Command("config", "configuration") { show };
    }
}
