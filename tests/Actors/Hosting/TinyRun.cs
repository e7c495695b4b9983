using Akka.Actor;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>A run with <see cref="TinyRunSettings"/>, on a node in this process.</summary>
internal static class TinyRun
{
    public static EffectiveConfiguration Configuration(string runs, int steps, params string[] more) =>
        Configurations.Load(null, [.. TinyRunSettings.For(runs, steps), .. more], _ => null);

    /// <summary>Runs to an end on a node of its own, asking it to stop as soon as a status says so.</summary>
    public static async Task<RunStatus> RunAsync(
        EffectiveConfiguration configuration, RunFolder folder, Func<RunStatus, bool> stop)
    {
        var node = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using var host = await NodeHost.StartAsync(node, TimeProvider.System, resume: false);
        await host.Coordinator.Ask<RunCommands.Submitted>(
            new RunCommands.Submit("tiny", configuration.Print()), TimeSpan.FromSeconds(30));
        for (var asked = false; ;)
        {
            var status = await host.Coordinator.Ask<RunStatus>(
                RunCommands.GetStatus.Instance, TimeSpan.FromSeconds(30));
            if (status.Outcome is not null)
            {
                return status;
            }

            if (!asked && stop(status))
            {
                asked = true;
                host.Coordinator.Tell(RunCommands.Stop.Instance);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
