using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Native.shim_cuda_count();

        public static void manual_seed_all(long seed) => Native.Check(Native.shim_cuda_manual_seed(seed));

        public static void synchronize(Device? device = null) => Native.Check(Native.shim_cuda_synchronize(device?.index ?? -1));
    }

    public static bool cuda_is_available() => cuda.is_available();

    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                public static bool allow_tf32
                {
                    get => Native.shim_allow_tf32() != 0;
                    set => Native.shim_set_allow_tf32(value ? 1 : 0);
                }
            }
        }
    }
}
