using System.Runtime.CompilerServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// An operator of ATen's dispatcher, looked up once by schema name and overload and then called by handle. Arguments
/// stand in the schema's order; those left out take its defaults. Autograd runs inside, as for any caller.
/// </summary>
internal sealed unsafe class Op(string name, string overload = "")
{
    private const int ScratchWords = 32;

    private nint _handle;

    /// <summary>Runs the operator for its first result, a tensor.</summary>
    internal Tensor Call(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results;
        Run(arguments, &results);
        return new Tensor((nint)results->Bits);
    }

    /// <summary>Runs an in-place operator and returns its first argument itself.</summary>
    internal Tensor InPlace(params ReadOnlySpan<Value> arguments)
    {
        Run(arguments, null);
        return Unsafe.As<Tensor>(arguments[0].Object!);
    }

    internal (Tensor, Tensor) Pair(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results;
        Run(arguments, &results);
        var (first, second) = ((nint)results[0].Bits, (nint)results[1].Bits);
        return (new Tensor(first), new Tensor(second));
    }

    internal Tensor[] Many(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results;
        var tensors = new Tensor[Run(arguments, &results)];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = new Tensor((nint)results[i].Bits);
        }

        return tensors;
    }

    /// <summary>Runs the operator for a result that is a number: an integer, a double or a bool (as 0 or 1).</summary>
    internal NativeValue Number(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results;
        Run(arguments, &results);
        return *results;
    }

    private int Run(ReadOnlySpan<Value> arguments, NativeValue** results)
    {
        if (_handle == 0)
        {
            _handle = Native.Find("aten::" + name, overload);
        }

        var values = stackalloc NativeValue[arguments.Length];
        var words = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            ref readonly var argument = ref arguments[i];
            values[i].Tag = argument.Tag;
            values[i].Bits = argument.Bits;
            switch (argument.Tag)
            {
                case Tag.Tensor:
                    values[i].Bits = Unsafe.As<Tensor>(argument.Object!).Handle;
                    break;
                case Tag.Generator:
                    values[i].Bits = Unsafe.As<Generator>(argument.Object!).Handle;
                    break;
                case >= Tag.Ints and <= Tag.String:
                    values[i].Count = Count(argument);
                    words += argument.Tag == Tag.String ? (values[i].Count + 7) / 8 : values[i].Count;
                    break;
            }
        }

        if (words == 0)
        {
            return Invoke(values, arguments.Length, results);
        }

        Span<long> scratch = words <= ScratchWords ? stackalloc long[ScratchWords] : GC.AllocateUninitializedArray<long>(words, pinned: true);
        fixed (long* start = scratch)
        {
            var next = start;
            for (var i = 0; i < arguments.Length; i++)
            {
                if (arguments[i].Tag is < Tag.Ints or > Tag.String)
                {
                    continue;
                }

                Write(arguments[i], next, values[i].Count);
                values[i].Bits = (long)next;
                next += arguments[i].Tag == Tag.String ? (values[i].Count + 7) / 8 : values[i].Count;
            }

            return Invoke(values, arguments.Length, results);
        }
    }

    private int Invoke(NativeValue* values, int count, NativeValue** results)
    {
        var produced = Native.shim_call(_handle, values, count, results);
        return produced >= 0 ? produced : throw Native.Error();
    }

    private static int Count(in Value argument) => argument.Object switch
    {
        null => 1,
        string text => Encoding.UTF8.GetByteCount(text),
        Array array => array.Length,
        _ => throw new InvalidOperationException($"an argument of type {argument.Object.GetType()} is no list"),
    };

    private static void Write(in Value argument, long* words, int count)
    {
        switch (argument.Object)
        {
            case null:
                *words = argument.Bits;
                break;
            case long[] numbers:
                numbers.CopyTo(new Span<long>(words, count));
                break;
            case double[] numbers:
                numbers.CopyTo(new Span<double>(words, count));
                break;
            case string text:
                Encoding.UTF8.GetBytes(text, new Span<byte>(words, count));
                break;
            case Tensor?[] tensors:
                for (var i = 0; i < count; i++)
                {
                    words[i] = tensors[i]?.Handle ?? 0;
                }

                break;
        }
    }
}
