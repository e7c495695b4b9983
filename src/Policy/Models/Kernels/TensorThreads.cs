using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Work in parts on the threads that the tensor library keeps for the calling thread, of which there are as many as
/// <c>torch.get_num_threads()</c> says. They still wait awake for the library's next operation when a kernel of this
/// program begins; other threads would have to be woken, and would share the processors with those that wait. Where
/// the library was built without them, threads of the run-time do the work.
/// </summary>
internal static unsafe class TensorThreads
{
    // What a compiler makes of "omp parallel" (GCC's libgomp): run(body, argument, number of threads, flags).
    private static readonly delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void> Parallelize;
    private static readonly delegate* unmanaged<int> Number;
    private static readonly delegate* unmanaged<int> Count;

    static TensorThreads()
    {
        if (NativeLibrary.TryLoad("LibTorchSharp", typeof(Tensor).Assembly, searchPath: null, out var library)
            && NativeLibrary.TryGetExport(library, "GOMP_parallel", out var run)
            && NativeLibrary.TryGetExport(library, "omp_get_thread_num", out var number)
            && NativeLibrary.TryGetExport(library, "omp_get_num_threads", out var count))
        {
            Parallelize = (delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void>)run;
            Number = (delegate* unmanaged<int>)number;
            Count = (delegate* unmanaged<int>)count;
        }
    }

    /// <summary>
    /// Cuts a number of things into one stretch for each thread and works on all stretches at once. No stretch may
    /// wait for another.
    /// </summary>
    /// <param name="count">How many things.</param>
    /// <param name="work">Works on the things from the first number up to the second, which is left out.</param>
    internal static void Share(int count, Action<int, int> work)
    {
        var parts = Math.Min(get_num_threads(), count);
        if (parts <= 1)
        {
            work(0, count);
        }
        else if (Parallelize == null)
        {
            Parallel.For(0, parts, Part);
        }
        else
        {
            var body = GCHandle.Alloc((Action<int, int>)Stretches);
            Parallelize(&Run, (void*)GCHandle.ToIntPtr(body), (uint)parts, 0);
            body.Free();
        }

        void Part(int part) =>
            work((int)((long)part * count / parts), (int)((part + 1L) * count / parts));

        // The library may have fewer threads to give than were asked for.
        void Stretches(int thread, int threads)
        {
            for (var part = thread; part < parts; part += threads)
            {
                Part(part);
            }
        }
    }

    // An exception here would end the process: the kernels throw none, unless there is no memory at all.
    [UnmanagedCallersOnly]
    private static void Run(void* body) =>
        ((Action<int, int>)GCHandle.FromIntPtr((nint)body).Target!)(Number(), Count());
}
