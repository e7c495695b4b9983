using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using R1Reward.Conformance.AkkaRemote;

namespace R1Reward.Conformance.AkkaCluster;

/// <summary>A member of the cluster in a process of its own, for a crash as the operating system makes it.</summary>
internal static class NodeProcess
{
    public const string Echo = "echo";

    /// <summary>Starts a process that joins the founder; it runs until it is killed, or its parent closes its input.</summary>
    public static Process Start(Address founder) => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { "exec", typeof(NodeProcess).Assembly.Location, founder.ToString() },
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    public static async Task<int> Main(string[] args)
    {
        if (args.Length != 1) return 2;
        var system = ActorSystem.Create(
            "net",
            ConfigurationFactory.ParseString("akka.actor.provider = cluster").WithFallback(ConfigurationFactory.ParseString(Nodes.Defaults)));
        system.ActorOf(Props.Create(() => new Echo()), Echo);
        Akka.Cluster.Cluster.Get(system).Join(Address.Parse(args[0]));
        await Console.In.ReadLineAsync();
        return 0;
    }
}
