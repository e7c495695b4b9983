using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Starts a scope that owns every tensor made on this thread until it is disposed.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Native.shim_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Native.shim_inference_mode() != 0;

    public static void set_num_threads(int num) => Native.Check(Native.shim_set_num_threads(num));

    public static int get_num_threads() => Native.shim_num_threads();

    public static Generator manual_seed(long seed)
    {
        Native.shim_manual_seed(seed);
        return Generator.Default;
    }

    /// <summary>This thread's grad mode until disposed.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly int _previous = Native.shim_grad_mode();

        public GradMode(bool enabled) => Native.shim_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => Native.shim_set_grad_mode(_previous);
    }

    /// <summary>This thread's inference mode until disposed.</summary>
    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = Native.shim_inference_enter(enabled ? 1 : 0);

        public void Dispose()
        {
            if (_guard != 0)
            {
                Native.shim_inference_leave(_guard);
                _guard = 0;
            }
        }
    }
}
