namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Where and in which precision a worker computes.</summary>
/// <param name="Device"><c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="DType"><c>auto</c>, <c>float32</c> or <c>bfloat16</c>.</param>
/// <param name="Threads">Threads of tensor operations; 0: all cores.</param>
public sealed record DeviceSettings(string Device, string DType, int Threads)
{
    /// <summary>Reads the keys under a section.</summary>
    public static DeviceSettings Read(SettingsReader reader, string section)
    {
        var settings = new DeviceSettings(
            reader.Text(section + ".device"),
            reader.Text(section + ".dtype"),
            reader.Whole(section + ".threads", 0, 4096));
        if (settings.Device is not ("auto" or "cpu") && !IsCuda(settings.Device))
        {
            reader.Refuse(section + ".device", "write auto, cpu or cuda:N in quotes, for example \"cuda:0\"");
        }

        if (settings.DType is not ("auto" or "float32" or "bfloat16"))
        {
            reader.Refuse(section + ".dtype", "write auto, float32 or bfloat16");
        }

        return settings;
    }

    private static bool IsCuda(string device)
    {
        const string prefix = "cuda:";
        return device.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(device[prefix.Length..], out _);
    }
}
