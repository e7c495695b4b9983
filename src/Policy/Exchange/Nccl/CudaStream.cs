namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>
/// A stream of its own on a GPU, beside the default one in which the tensor library computes: an exchange runs in it
/// while the backward pass goes on.
/// </summary>
internal sealed unsafe class CudaStream : IDisposable
{
    private readonly CudaApi _cuda;
    private readonly int _device;
    private readonly nint _context;
    private readonly nint _event;

    /// <param name="cuda">The driver.</param>
    /// <param name="index">Which of the GPUs.</param>
    internal CudaStream(CudaApi cuda, int index)
    {
        _cuda = cuda;
        CudaApi.Check(cuda.Init(0), "the start of the CUDA driver");
        nint context, stream, mark;
        int device;
        CudaApi.Check(cuda.DeviceGet(&device, index), $"the choice of GPU {index}");
        CudaApi.Check(cuda.DevicePrimaryCtxRetain(&context, device), $"the use of GPU {index}");
        (_device, _context) = (device, context);
        MakeCurrent();
        CudaApi.Check(cuda.StreamCreate(&stream, CudaApi.NonBlocking), "the making of a stream");
        CudaApi.Check(cuda.EventCreate(&mark, CudaApi.DisableTiming), "the making of an event");
        (Handle, _event) = (stream, mark);
    }

    /// <summary>The stream's handle, for other libraries.</summary>
    internal nint Handle { get; }

    /// <summary>Whether all that was begun in the stream is done.</summary>
    /// <exception cref="InvalidOperationException">The GPU has failed.</exception>
    internal bool IsDone
    {
        get
        {
            var result = _cuda.StreamQuery(Handle);
            if (result != CudaApi.NotReady)
            {
                CudaApi.Check(result, "an exchange on the GPU");
            }

            return result == CudaApi.Success;
        }
    }

    /// <summary>
    /// Has what is begun from now on wait for all that the tensor library has begun so far, and this thread use the
    /// GPU.
    /// </summary>
    internal void FollowDefault()
    {
        MakeCurrent();
        CudaApi.Check(_cuda.EventRecord(_event, 0), "the recording of an event");
        CudaApi.Check(_cuda.StreamWaitEvent(Handle, _event, 0), "the wait for an event");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Results do not matter any more: a GPU that has failed gives the same error for all of them.
        _ = _cuda.EventDestroy(_event);
        _ = _cuda.StreamDestroy(Handle);
        _ = _cuda.DevicePrimaryCtxRelease(_device);
    }

    private void MakeCurrent() => CudaApi.Check(_cuda.CtxSetCurrent(_context), "the use of a GPU by a thread");
}
