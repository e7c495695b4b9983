using System.Net.Sockets;
using Akka.Actor;

namespace R1Reward.Actors.Configuration;

/// <summary>Finds out whether something listens on the address of a seed.</summary>
internal static class SeedAddress
{
    /// <summary>Whether a connection is accepted before the token ends the try.</summary>
    public static async Task<bool> AnswersAsync(Address seed, CancellationToken cancel)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(seed.Host!, seed.Port!.Value, cancel);
            return true;
        }
        catch (Exception silent) when (silent is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
