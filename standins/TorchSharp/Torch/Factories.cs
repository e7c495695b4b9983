using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var integral = start.Tag != Tag.Double && stop.Tag != Tag.Double && step.Tag != Tag.Double;
        dtype ??= integral ? ScalarType.Int64 : ScalarType.Float32;
        return Make(Ops.arange_start_step.Call(start, stop, step, dtype, Value.None, device), requires_grad);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Make(Ops.linspace.Call((Scalar)start, (Scalar)end, steps, dtype, Value.None, device), requires_grad);

    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Make(Ops.eye_m.Call(rows, columns == -1 ? rows : columns, dtype, Value.None, device), requires_grad, names);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Make(Ops.randint_low_generator.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Value.None, device), requires_grad, names);

    public static Tensor randint(int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(low, high, [.. size.Select(length => (long)length)], dtype, device, requires_grad, generator, names);

    public static Tensor randint(int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Make(Ops.randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Value.None, device), requires_grad);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Make(Ops.empty_like.Call(input, dtype, Value.None, device), requires_grad, names);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Make(Ops.zeros_like.Call(input, dtype, Value.None, device), requires_grad, names);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Make(Ops.ones_like.Call(input, dtype, Value.None, device), requires_grad, names);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Make(Ops.full_like.Call(input, value, dtype, Value.None, device), requires_grad, names);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Make(Ops.rand_like.Call(input, dtype, Value.None, device), requires_grad);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Make(Ops.randn_like.Call(input, dtype, Value.None, device), requires_grad);

    /// <summary>Shares the array's memory, pinned until the tensor's storage dies; another dtype or device copies.</summary>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        using var view = Share(rawArray, 0, Lengths(rawArray));
        return Make(view.to(dtype ?? view.dtype, device ?? CPU), requires_grad, names);
    }

    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <summary>Shares the array's memory; counts and offset in array elements. Another dtype converts.</summary>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        if (offset < 0 || offset >= rawArray.LongLength)
        {
            throw new ArgumentException($"invalid value for 'offset': {offset}");
        }

        count = count < 0 ? rawArray.LongLength - offset : count;
        if (count > rawArray.LongLength - offset)
        {
            throw new IndexOutOfRangeException($"element count is too large: {count}");
        }

        using var view = Share(rawArray, offset, [count]);
        return Make(view.to(dtype), requires_grad);
    }

    /// <summary>Memory-maps a file from byte 0; <paramref name="size"/> counts elements.</summary>
    public static unsafe Tensor from_file(string filename, bool? shared = null, long? size = 0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        nint handle;
        fixed (byte* path = Native.Terminated(filename))
        {
            handle = Native.shim_from_file(path, shared == true ? 1 : 0, size ?? 0, (int)(dtype ?? ScalarType.Float32));
        }

        var mapped = new Tensor(Native.Check(handle));
        return Make(device is null || device.type == DeviceType.CPU ? mapped : mapped.to(device, disposeAfter: true), requires_grad);
    }

    private static Tensor Make(Tensor tensor, bool requires_grad, string[]? names = null)
    {
        if (names is not null)
        {
            throw new NotSupportedException("named dimensions are not supported");
        }

        return requires_grad ? tensor.requires_grad_() : tensor;
    }

    private static Tensor Copy<T>(
        ReadOnlySpan<T> data, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        var total = 1L;
        foreach (var length in dimensions)
        {
            total *= length;
        }

        if (total > data.Length)
        {
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {total} vs. {data.Length}");
        }

        var tensor = Ops.empty_memory_format.Call(Value.List(dimensions), ElementTypeOf(typeof(T)));
        MemoryMarshal.AsBytes(data[..(int)total]).CopyTo(tensor.bytes);
        if ((dtype ?? tensor.dtype) != tensor.dtype || (device ?? CPU).type != DeviceType.CPU)
        {
            tensor = tensor.to(dtype ?? tensor.dtype, device ?? CPU, disposeAfter: true);
        }

        return Make(tensor, requires_grad, names);
    }

    private static Tensor CopyArray<T>(Array data, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged => Copy<T>(
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(data)), data.Length),
            Lengths(data), dtype, device, requires_grad, names);

    private static long[] Lengths(Array array) => [.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)];

    private static unsafe Tensor Share(Array array, long offset, long[] sizes)
    {
        var type = ElementTypeOf(array.GetType().GetElementType()!);
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        fixed (long* size = sizes)
        {
            var start = (byte*)pin.AddrOfPinnedObject() + offset * type.ElementSize();
            var handle = Native.shim_from_blob(start, size, sizes.Length, (int)type, &Unpin, GCHandle.ToIntPtr(pin));
            if (handle == 0)
            {
                pin.Free();
            }

            return new Tensor(Native.Check(handle));
        }
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint pin) => GCHandle.FromIntPtr(pin).Free();
}
