using Akka.Configuration;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>What a program needs to know to speak to a cluster without being one of its nodes.</summary>
/// <param name="Seeds">Addresses of nodes by way of which it asks.</param>
/// <param name="Tls">Its certificates, and whose are trusted; null: it speaks plain text.</param>
/// <param name="Config">The whole effective configuration, for Akka.NET.</param>
public sealed record ClientSettings(IReadOnlyList<string> Seeds, TlsSettings? Tls, Config Config)
{
    /// <summary>Reads the keys of a client; what only nodes need is not looked at.</summary>
    public static ClientSettings Read(SettingsReader reader, Config config)
    {
        EngineCheck.Check(reader);
        AddressCheck.Check(reader, NodeSettings.SystemName);
        var seeds = reader.List(AddressCheck.Seeds);
        if (seeds.Count == 0)
        {
            reader.Refuse(AddressCheck.Seeds, "no node of a cluster is named; write the addresses of its nodes");
        }

        return new ClientSettings(seeds, TlsSettings.Read(reader), config);
    }

    /// <summary>Tries on this machine what the client is to do here, before anything starts.</summary>
    /// <exception cref="Data.UserErrorException">
    /// No seed is known, the address is not one of this machine, the certificate cannot be used.
    /// </exception>
    public static void CheckMachine(SettingsReader reader, TimeProvider time)
    {
        new MachineCheck(reader).RunForClient(time);
        reader.ThrowIfWrong();
    }
}
