using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A handle on a libtorch tensor. It belongs to the innermost dispose scope of the thread that made it; without one
    /// it lives until disposed or finalised. This file: lifetime and what the tensor is.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        private nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var live = Interlocked.Increment(ref _totalCount);
            if (live > Volatile.Read(ref _peakCount))
            {
                Volatile.Write(ref _peakCount, live);
            }

            if (register)
            {
                DisposeScopeManager.ThreadSingleton.Register(this);
            }
        }

        // Touches no scope: those belong to the thread that made the tensor.
        ~Tensor() => Release();

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>Live tensors of the process, all threads together.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        public static long PeakCount => Interlocked.Read(ref _peakCount);

        public bool IsInvalid => handle == 0;

        public IntPtr Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public string? name { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (handle != 0)
            {
                DisposeScopeManager.ThreadSingleton.Disposing(this);
                OwningDisposeScope?.MarkAsDisposed(this);
                Release();
            }
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null)
            {
                other?.Attach(this);
            }
            else
            {
                OwningDisposeScope.MoveToOther(other, this);
            }

            return this;
        }

        /// <summary>Whether shape and all values are equal; <c>==</c> compares element by element.</summary>
        public bool Equals(Tensor target) => target is not null && Ops.equal.Number(this, target).Bits != 0;

        public override bool Equals(object? obj) => obj is Tensor target && Equals(target);

        public override int GetHashCode() => base.GetHashCode();

        public ScalarType dtype => (ScalarType)Native.shim_dtype(Handle);

        public Device device => new(Native.shim_device(Handle));

        public DeviceType device_type => device.type;

        public int device_index => device.index;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public long Dimensions => Native.shim_dim(Handle);

        public long dim() => Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => Native.shim_numel(Handle);

        public long numel() => NumberOfElements;

        public long ElementSize => Native.shim_element_size(Handle);

        public long element_size() => ElementSize;

        public long storage_offset() => Native.shim_storage_offset(Handle);

        public bool is_contiguous() => Native.shim_is_contiguous(Handle) != 0;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public long[] shape => size();

        public unsafe long[] size() => Copy(Native.shim_sizes(Handle));

        public unsafe long size(int dim)
        {
            var at = dim < 0 ? dim + Dimensions : dim;
            return at >= 0 && at < Dimensions ? Native.shim_sizes(Handle)[at] : Ops.size_int.Number(this, (long)dim).Bits;
        }

        public unsafe long[] stride() => Copy(Native.shim_strides(Handle));

        public long stride(int dim) => Ops.stride_int.Number(this, (long)dim).Bits;

        public override string ToString() =>
            $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>Gives the handle away and leaves this tensor invalid; the live count stays, as it moves with the handle.</summary>
        internal nint MoveHandle() => Interlocked.Exchange(ref handle, 0);

        private unsafe long[] Copy(long* numbers)
        {
            var copy = new ReadOnlySpan<long>(numbers, (int)Dimensions).ToArray();
            GC.KeepAlive(this);
            return copy;
        }

        private void Release()
        {
            var released = MoveHandle();
            if (released != 0)
            {
                Interlocked.Decrement(ref _totalCount);
                Native.shim_delete(released);
            }
        }
    }
}
