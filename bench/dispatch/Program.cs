// Cost of one 4x4 float32 operator: called from C# (tensor made, registered in a scope and disposed) and from C++.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

const int Count = 100_000;
const int Rounds = 5;

set_num_threads(1);
using var noGrad = no_grad();
using var outer = NewDisposeScope();
var a = ones(4, 4);
var b = ones(4, 4);

var direct = Best(() => Native.direct_add_nanoseconds(Count));
Print("direct C++ add", direct, direct);
Print("x.add(y)", Best(() => Time(() => a.add(b))), direct);
Print("x + 1 (number operand)", Best(() => Time(() => a + 1)), direct);
Print("x.add_(y) (in place)", Best(() => Time(() => a.add_(b))), direct);
Print("x.view(16)", Best(() => Time(() => a.view(16))), direct);
Print("x.transpose(0, 1)", Best(() => Time(() => a.transpose(0, 1))), direct);
Print("x.sum(1)", Best(() => Time(() => a.sum(1))), direct);

static double Time(Func<Tensor> call)
{
    const int ScopeSize = 100;
    var start = Stopwatch.GetTimestamp();
    for (var i = 0; i < Count / ScopeSize; i++)
    {
        using var scope = NewDisposeScope();
        for (var j = 0; j < ScopeSize; j++)
        {
            call();
        }
    }

    return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Count;
}

static double Best(Func<double> measure) => Enumerable.Range(0, Rounds).Min(_ => measure());

static void Print(string what, double nanoseconds, double direct) => Console.WriteLine(
    string.Create(CultureInfo.InvariantCulture, $"{what,-28} {nanoseconds,8:F0} ns  {nanoseconds / direct,6:F2} x direct"));

internal static class Native
{
    [DllImport("dispatchloop")]
    internal static extern double direct_add_nanoseconds(int count);
}
