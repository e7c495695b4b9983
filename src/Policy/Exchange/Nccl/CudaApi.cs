namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>
/// The functions of the CUDA driver that are used; each field is the function of its name after <c>cu</c>, as
/// <c>cuda.h</c> declares it. The driver is there wherever there is a GPU; the runtime's library has another name in
/// each build of the tensor library.
/// </summary>
internal sealed unsafe class CudaApi
{
    internal const int Success = 0;
    internal const int NotReady = 600;

    /// <summary><c>CU_STREAM_NON_BLOCKING</c>: a stream that the default one does not wait for.</summary>
    internal const uint NonBlocking = 1;

    /// <summary><c>CU_EVENT_DISABLE_TIMING</c>: events that cost nothing to wait for.</summary>
    internal const uint DisableTiming = 2;

    internal readonly delegate* unmanaged<uint, int> Init;
    internal readonly delegate* unmanaged<int*, int, int> DeviceGet;
    internal readonly delegate* unmanaged<byte*, int, int> DeviceGetUuid;
    internal readonly delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain;
    internal readonly delegate* unmanaged<int, int> DevicePrimaryCtxRelease;
    internal readonly delegate* unmanaged<nint, int> CtxSetCurrent;
    internal readonly delegate* unmanaged<nint*, uint, int> StreamCreate;
    internal readonly delegate* unmanaged<nint, int> StreamDestroy;
    internal readonly delegate* unmanaged<nint, int> StreamQuery;
    internal readonly delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent;
    internal readonly delegate* unmanaged<nint*, uint, int> EventCreate;
    internal readonly delegate* unmanaged<nint, nint, int> EventRecord;
    internal readonly delegate* unmanaged<nint, int> EventDestroy;

    /// <param name="export">The address of a function by its name in the library.</param>
    internal CudaApi(Func<string, nint> export)
    {
        Init = (delegate* unmanaged<uint, int>)export("cuInit");
        DeviceGet = (delegate* unmanaged<int*, int, int>)export("cuDeviceGet");
        DeviceGetUuid = (delegate* unmanaged<byte*, int, int>)export("cuDeviceGetUuid");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)export("cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)export("cuDevicePrimaryCtxRelease_v2");
        CtxSetCurrent = (delegate* unmanaged<nint, int>)export("cuCtxSetCurrent");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)export("cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)export("cuStreamDestroy_v2");
        StreamQuery = (delegate* unmanaged<nint, int>)export("cuStreamQuery");
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)export("cuStreamWaitEvent");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)export("cuEventCreate");
        EventRecord = (delegate* unmanaged<nint, nint, int>)export("cuEventRecord");
        EventDestroy = (delegate* unmanaged<nint, int>)export("cuEventDestroy_v2");
    }

    /// <summary>Goes on where a call has succeeded.</summary>
    /// <exception cref="InvalidOperationException">It has not; the message has the driver's number.</exception>
    internal static void Check(int result, string what)
    {
        if (result != Success)
        {
            throw new InvalidOperationException($"{what} has failed: the CUDA driver says {result}");
        }
    }
}
