using System.Globalization;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Policy.Devices;
using Serilog;
using static TorchSharp.torch;

namespace R1Reward.Actors.Workers;

/// <summary>Where and in which precision a worker computes.</summary>
/// <param name="Device">The device; every tensor of the worker is made on it.</param>
/// <param name="DType">Format of the weights.</param>
public sealed record Compute(Device Device, ScalarType DType)
{
    /// <summary>Turns settings into a device that is there.</summary>
    /// <param name="settings">What the configuration asks for.</param>
    /// <param name="offset">Number of the worker within its process: it takes the CUDA device after as many others.</param>
    /// <exception cref="R1Reward.Data.UserErrorException">The device is not there.</exception>
    public static Compute Prepare(DeviceSettings settings, int offset)
    {
        var device = DeviceSelector.Select(settings.Device);
        if (device.type == TorchSharp.DeviceType.CUDA && offset > 0)
        {
            device = DeviceSelector.Select(string.Create(CultureInfo.InvariantCulture, $"cuda:{Math.Max(0, device.index) + offset}"));
        }

        var compute = new Compute(device, DtypeProbe.Select(settings.DType, device));
        Log.Information("computing on {Device} in {DType}", compute.Device.ToString(), compute.DType);
        return compute;
    }
}
