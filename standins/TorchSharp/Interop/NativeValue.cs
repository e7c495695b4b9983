using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>One argument or result as the shim sees it; <c>Bits</c> is a number, a handle or the address of a list's words.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public Tag Tag;
    public int Count;
    public long Bits;
}

internal enum Tag
{
    Default, None, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, OptionalTensors, String, Device, Generator,
}
