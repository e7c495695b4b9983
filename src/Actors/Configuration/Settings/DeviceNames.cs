namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Names of devices and number formats as a configuration writes them.</summary>
internal static class DeviceNames
{
    private const string Gpu = "cuda:";

    /// <summary>Whether all are <c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</summary>
    public static bool Are(IReadOnlyList<string> names) => names.All(name => name is "auto" or "cpu" || IsGpu(name));

    /// <summary>Reads the devices that give a worker each: a list, or <c>auto</c> for a list of it alone.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="key">The key.</param>
    /// <param name="single">The key of a single device, which is then left at <c>auto</c>.</param>
    public static IReadOnlyList<string> Read(SettingsReader reader, string key, string single)
    {
        IReadOnlyList<string> names = reader.Text(key) == "auto" ? ["auto"] : reader.List(key);
        var twice = names.Where(IsGpu).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1);
        var fault = !Are(names) || (names.Count > 1 && names.Contains("auto"))
            ? "write devices in quotes, for example [\"cuda:0\", \"cuda:1\"], or auto for all GPUs"
            : twice is not null ? $"{twice.Key} stands there twice, and each worker has a GPU of its own"
            : names.Count > 0 && reader.Text(single) != "auto" ? $"write it or {single}, not both"
            : null;
        if (fault is not null)
        {
            reader.Refuse(key, fault);
        }

        return fault is null ? names : [];
    }

    /// <summary>Refuses what is no number format to compute in, or none to train in.</summary>
    public static void CheckFormat(SettingsReader reader, string key, bool trains)
    {
        var format = reader.Text(key);
        var formats = trains ? "auto, float32 or bfloat16" : "auto, float32, bfloat16 or float16";
        if (trains && format == "float16")
        {
            reader.Refuse(key, $"small gradients are 0 in it; write {formats}");
        }
        else if (format is not ("auto" or "float32" or "bfloat16" or "float16"))
        {
            reader.Refuse(key, "write " + formats);
        }
    }

    private static bool IsGpu(string name) =>
        name.StartsWith(Gpu, StringComparison.Ordinal) && int.TryParse(name[Gpu.Length..], out _);
}
