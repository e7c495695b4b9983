namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Where and in which precision a worker computes.</summary>
/// <param name="Device"><c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="DType"><c>auto</c>, <c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</param>
/// <param name="Threads">Threads of tensor operations; 0: all cores.</param>
public sealed record DeviceSettings(string Device, string DType, int Threads)
{
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
        if (settings.Device is not ("auto" or "cpu") && !IsCuda(settings.Device))
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

        return settings;
    }

    private static bool IsCuda(string device)
    {
        const string prefix = "cuda:";
        return device.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(device[prefix.Length..], out _);
    }
}
