using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A random generator, always a CPU one.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        private Generator(nint handle) => _handle = handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(Native.shim_generator((long)seed)) => this.device = device ?? CPU;

        ~Generator() => Release();

        public static Generator Default => new(Native.shim_default_generator());

        public IntPtr Handle => _handle;

        public Device device { get; } = CPU;

        public Generator manual_seed(long seed)
        {
            Native.shim_generator_seed(_handle, seed);
            return this;
        }

        public long initial_seed() => Native.shim_generator_initial_seed(_handle);

        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        private void Release() => Native.shim_generator_delete(Interlocked.Exchange(ref _handle, 0));
    }
}
