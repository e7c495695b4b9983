using R1Reward.Policy.Devices;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Where and in which precision a worker computes.</summary>
/// <param name="Device"><c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="DType"><c>auto</c>, <c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</param>
/// <param name="Threads">Threads of tensor operations; 0: all cores.</param>
public sealed record DeviceSettings(string Device, string DType, int Threads)
{
    /// <summary>
    /// Devices of a host that give a worker each, <c>auto</c> alone for all of its GPUs; empty: one worker, on
    /// <see cref="Device"/>.
    /// </summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>How many workers the devices that are named give on each host; null where the host decides.</summary>
    public int? Named => Devices is ["auto"] ? null : Math.Max(1, Devices.Count);

    /// <summary>The settings of each worker of this host, with a device of its own.</summary>
    public IReadOnlyList<DeviceSettings> Each() => Devices.Count == 0
        ? [this]
        : [
            .. (Devices is ["auto"] ? DeviceSelector.AllOfHost() : Devices)
                .Select(device => this with { Device = device, Devices = [] }),
        ];

    /// <summary>Reads the keys under a section.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="section">The section.</param>
    /// <param name="trains">Whether gradients are computed there, many of which float16 would round to 0.</param>
    public static DeviceSettings Read(SettingsReader reader, string section, bool trains)
    {
        var (device, dtype) = (section + ".device", section + ".dtype");
        if (!DeviceNames.Are([reader.Text(device)]))
        {
            reader.Refuse(device, "write auto, cpu or cuda:N in quotes, for example \"cuda:0\"");
        }

        DeviceNames.CheckFormat(reader, dtype, trains);
        return new(reader.Text(device), reader.Text(dtype), reader.Whole(section + ".threads", 0, 4096))
        {
            Devices = trains ? DeviceNames.Read(reader, section + ".devices", device) : [],
        };
    }
}
