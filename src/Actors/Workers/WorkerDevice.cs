using R1Reward.Actors.Configuration.Settings;
using R1Reward.Policy.Devices;
using Serilog;

namespace R1Reward.Actors.Workers;

/// <summary>The device of a worker.</summary>
public static class WorkerDevice
{
    /// <summary>Selects the device that the settings ask for and logs which one it became.</summary>
    /// <param name="settings">What the configuration asks for.</param>
    /// <param name="offset">
    /// Number of the worker within its process, from 0: added to the configured CUDA index.
    /// </param>
    /// <exception cref="R1Reward.Data.UserErrorException">The device is not there.</exception>
    public static ComputeDevice Select(DeviceSettings settings, int offset = 0)
    {
        var compute = ComputeDevice.Select(settings.Device, settings.DType, offset);
        Log.Information("computing on {Device} in {DType}", compute.Device.ToString(), compute.DType);
        return compute;
    }
}
