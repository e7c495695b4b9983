using Akka.Actor;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Cli.Output;
using R1Reward.Data;

namespace R1Reward.Cli.Running;

/// <summary>Looks at a cluster from outside, and takes nodes out of it; it is no member itself.</summary>
internal sealed class ClusterSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    // A node that leaves may finish a step and write a checkpoint first.
    private static readonly TimeSpan LeavePatience = TimeSpan.FromMinutes(2);

    private readonly ClientSettings _settings;
    private readonly ClusterClient _client;

    private ClusterSession(ClientSettings settings)
    {
        _settings = settings;
        _client = ClusterClient.Start(settings);
    }

    /// <summary>Starts a client of the cluster that a configuration names.</summary>
    /// <exception cref="UserErrorException">The configuration is wrong, or names no nodes.</exception>
    public static ClusterSession Start(EffectiveConfiguration configuration)
    {
        var reader = configuration.Reader();
        var settings = ClientSettings.Read(reader, configuration.Config);
        Logging.Levels(reader);
        reader.ThrowIfWrong();
        ClientSettings.CheckMachine(reader, TimeProvider.System);
        Logging.Start(reader, "cluster", file: null);
        return new ClusterSession(settings);
    }

    /// <summary>Prints who is a member and how the run is going.</summary>
    /// <returns>The program's exit code.</returns>
    public async Task<int> ShowAsync(bool json)
    {
        var status = new ClusterStatus(await FindAsync(), await RunAsync());
        Console.WriteLine(json ? status.ToJson() : ClusterText.Describe(status));
        return ExitCode.Done;
    }

    /// <summary>Orders that a member leaves or is removed, and waits until it is none any more.</summary>
    /// <param name="node">The member as the user named it.</param>
    /// <param name="order">The order.</param>
    /// <returns>The program's exit code.</returns>
    public async Task<int> OrderAsync(string node, object order)
    {
        var ordered = await GiveAsync(order);
        if (ordered.Refusal is { } refusal)
        {
            throw new UserErrorException($"{node}: {refusal}.");
        }

        for (var since = TimeProvider.System.GetTimestamp();
            await _client.FindAsync(Patience) is { } seen && seen.All.Any(member => member.Address == ordered.Node);)
        {
            if (TimeProvider.System.GetElapsedTime(since) > LeavePatience)
            {
                throw new UserErrorException(
                    $"{ordered.Node}: still a member after {LeavePatience.TotalMinutes:0} minutes. `r1reward cluster "
                    + "status` shows how far it is; `r1reward cluster down` removes it.");
            }

            await Task.Delay(Poll, TimeProvider.System);
        }

        Console.WriteLine($"{ordered.Node}: not a member any more");
        return ExitCode.Done;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<ClusterCommands.Members> FindAsync() => await _client.FindAsync(Patience)
        ?? throw new UserErrorException(
            $"no node of the cluster has answered for {Patience.TotalSeconds:0} s, by way of "
            + $"{string.Join(", ", _settings.Seeds)} (akka.cluster.seed-nodes). Look whether they run and whether "
            + "their ports are open from here.");

    private async Task<ClusterCommands.Ordered> GiveAsync(object order)
    {
        var asked = await FindAsync();
        try
        {
            return await _client.OrderAsync(order, Patience);
        }
        catch (AskTimeoutException)
        {
            throw new UserErrorException(
                $"{asked.Node}: has not answered for {Patience.TotalSeconds:0} s. Give the command again.");
        }
    }

    private async Task<RunDetails?> RunAsync()
    {
        try
        {
            return await _client.AskAsync<RunDetails>(RunCommands.GetDetails.Instance, Patience);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
