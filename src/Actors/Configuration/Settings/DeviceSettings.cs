using R1Reward.Policy.Devices;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Where and in which precision a worker computes.</summary>
/// <param name="Device"><c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="DType"><c>auto</c>, <c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</param>
/// <param name="Threads">Threads of tensor operations; 0: all cores.</param>
public sealed record DeviceSettings(string Device, string DType, int Threads)
{
    private const string All = "auto";

    /// <summary>
    /// Devices of a host that give a worker each, <c>auto</c> alone for all of its GPUs; empty: one worker, on
    /// <see cref="Device"/>.
    /// </summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>How many workers the devices that are named give on each host; null where the host decides.</summary>
    public int? Named => Devices is [All] ? null : Math.Max(1, Devices.Count);

    /// <summary>The settings of each worker of this host, with a device of its own.</summary>
    public IReadOnlyList<DeviceSettings> Each() => Devices.Count == 0
        ? [this]
        : [
            .. (Devices is [All] ? DeviceSelector.AllOfHost() : Devices)
                .Select(device => this with { Device = device, Devices = [] }),
        ];

    /// <summary>Reads the keys under a section.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="section">The section.</param>
    /// <param name="trains">Whether gradients are computed there, many of which float16 would round to 0.</param>
    public static DeviceSettings Read(SettingsReader reader, string section, bool trains)
    {
        var settings = new DeviceSettings(
            reader.Text(section + ".device"),
            reader.Text(section + ".dtype"),
            reader.Whole(section + ".threads", 0, 4096));
        if (!IsDevice(settings.Device))
        {
            reader.Refuse(section + ".device", "write auto, cpu or cuda:N in quotes, for example \"cuda:0\"");
        }

        if (trains && settings.DType == "float16")
        {
            reader.Refuse(section + ".dtype", "small gradients are 0 in it; write auto, float32 or bfloat16");
        }
        else if (settings.DType is not ("auto" or "float32" or "bfloat16" or "float16"))
        {
            var formats = trains ? "auto, float32 or bfloat16" : "auto, float32, bfloat16 or float16";
            reader.Refuse(section + ".dtype", "write " + formats);
        }

        return trains ? settings with { Devices = ReadDevices(reader, section) } : settings;
    }

    private static IReadOnlyList<string> ReadDevices(SettingsReader reader, string section)
    {
        var key = section + ".devices";
        IReadOnlyList<string> devices = reader.Text(key) == All ? [All] : reader.List(key);
        var twice = devices.Where(IsCuda).GroupBy(device => device).FirstOrDefault(same => same.Count() > 1);
        var fault = !devices.All(IsDevice) || (devices.Count > 1 && devices.Contains(All))
            ? "write devices in quotes, for example [\"cuda:0\", \"cuda:1\"], or auto for all GPUs"
            : twice is not null ? $"{twice.Key} stands there twice, and each worker has a GPU of its own"
            : devices.Count > 0 && reader.Text(section + ".device") != All ? $"write it or {section}.device, not both"
            : null;
        if (fault is null)
        {
            return devices;
        }

        reader.Refuse(key, fault);
        return [];
    }

    private static bool IsDevice(string device) => device is "auto" or "cpu" || IsCuda(device);

    private static bool IsCuda(string device)
    {
        const string prefix = "cuda:";
        return device.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(device[prefix.Length..], out _);
    }
}
