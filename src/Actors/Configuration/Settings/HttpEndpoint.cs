using System.Globalization;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Where a node tells supervisors how it is.</summary>
/// <param name="Host">Address to bind.</param>
/// <param name="Port">0: any free port.</param>
public sealed record HttpEndpoint(string Host, int Port)
{
    /// <summary>The key of the port for health and metrics, a number or <c>off</c>.</summary>
    public const string PortKey = "r1reward.node.http.port";

    /// <summary>Reads the keys under <c>r1reward.node.http</c>; null where the port is <c>off</c>.</summary>
    public static HttpEndpoint? Read(SettingsReader reader)
    {
        var text = reader.Text(PortKey);
        if (text == "off")
        {
            return null;
        }

        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            reader.Refuse(PortKey, "write off, or a port from 0 to 65535");
        }

        var others = new[] { AddressCheck.Port, "r1reward.node.bulk.port" };
        if (port > 0 && Array.Find(others, key => reader.Text(key) == $"{port}") is { } taken)
        {
            reader.Refuse(PortKey, $"{taken} is the same; write another, or 0 for any");
        }

        return new HttpEndpoint(reader.Text("r1reward.node.http.host"), port);
    }
}
