using System.Runtime.InteropServices;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>The C ABI of native/shim.cpp. All arguments are blittable; a failed call leaves its text in shim_error.</summary>
internal static unsafe class Native
{
    private const string Shim = "torchshim";

    [DllImport(Shim)] private static extern byte* shim_error();

    [DllImport(Shim)] private static extern nint shim_find(byte* name, byte* overload);
    [DllImport(Shim)] internal static extern int shim_call(nint op, NativeValue* args, int count, NativeValue** results);

    [DllImport(Shim)] internal static extern void shim_delete(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern nint shim_alias(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long shim_dim(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long shim_numel(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long shim_element_size(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long shim_storage_offset(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long* shim_sizes(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long* shim_strides(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern int shim_dtype(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern int shim_is_contiguous(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern long shim_device(nint tensor);
    [DllImport(Shim)] internal static extern void* shim_data(nint tensor);
    [DllImport(Shim)] internal static extern nint shim_from_file(byte* path, int shared, long size, int dtype);

    [DllImport(Shim)]
    internal static extern nint shim_from_blob(
        void* data, long* sizes, int dimensions, int dtype, delegate* unmanaged<nint, void> free, nint owner);

    [DllImport(Shim), SuppressGCTransition] internal static extern int shim_requires_grad(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern int shim_is_leaf(nint tensor);
    [DllImport(Shim)] internal static extern int shim_set_requires_grad(nint tensor, int on);
    [DllImport(Shim)] internal static extern int shim_retain_grad(nint tensor);
    [DllImport(Shim), SuppressGCTransition] internal static extern nint shim_grad(nint tensor);
    [DllImport(Shim)] internal static extern int shim_set_grad(nint tensor, nint grad);
    [DllImport(Shim)]
    internal static extern int shim_backward(
        nint* tensors, int count, nint* grads, int gradCount, nint* inputs, int inputCount, int retainGraph, int createGraph);
    [DllImport(Shim), SuppressGCTransition] internal static extern int shim_grad_mode();
    [DllImport(Shim), SuppressGCTransition] internal static extern void shim_set_grad_mode(int on);
    [DllImport(Shim)] internal static extern nint shim_inference_enter(int on);
    [DllImport(Shim)] internal static extern void shim_inference_leave(nint mode);
    [DllImport(Shim), SuppressGCTransition] internal static extern int shim_inference_mode();

    [DllImport(Shim)] internal static extern void shim_manual_seed(long seed);
    [DllImport(Shim)] internal static extern int shim_cuda_manual_seed(long seed);
    [DllImport(Shim)] internal static extern nint shim_generator(long seed);
    [DllImport(Shim)] internal static extern nint shim_default_generator();
    [DllImport(Shim)] internal static extern void shim_generator_seed(nint generator, long seed);
    [DllImport(Shim)] internal static extern long shim_generator_initial_seed(nint generator);
    [DllImport(Shim)] internal static extern void shim_generator_delete(nint generator);

    [DllImport(Shim)] internal static extern int shim_set_num_threads(int count);
    [DllImport(Shim)] internal static extern int shim_num_threads();
    [DllImport(Shim)] internal static extern int shim_cuda_count();
    [DllImport(Shim)] internal static extern int shim_cuda_synchronize(int index);
    [DllImport(Shim)] internal static extern void shim_set_allow_tf32(int on);
    [DllImport(Shim)] internal static extern int shim_allow_tf32();

    internal static nint Find(string name, string overload)
    {
        fixed (byte* nameBytes = Terminated(name), overloadBytes = Terminated(overload))
        {
            return Check(shim_find(nameBytes, overloadBytes));
        }
    }

    /// <summary>The handle, or the native error as an exception when it is null.</summary>
    internal static nint Check(nint handle) => handle != 0 ? handle : throw Error();

    /// <summary>Throws the native error of a call that returned a negative status.</summary>
    internal static void Check(int status)
    {
        if (status < 0)
        {
            throw Error();
        }
    }

    internal static ExternalException Error() => new(Marshal.PtrToStringUTF8((nint)shim_error()));

    internal static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
