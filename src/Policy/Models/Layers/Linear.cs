using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// A linear layer, y = W x + b, over the weights of one module of a checkpoint. An adapter may change it.
/// </summary>
internal sealed class Linear
{
    private readonly CpuMatrix? _onCpu;
    private readonly ParameterTable _parameters;

    /// <summary>Takes the weights from a table; <see cref="LinearLayers"/> makes the layers of a model.</summary>
    /// <param name="parameters">The model's weights.</param>
    /// <param name="module">Name of the module, for example <c>model.layers.0.mlp.up_proj</c>.</param>
    /// <param name="weight">
    /// Name of the module's weight where it is that of another one, as in a tied output layer.
    /// </param>
    internal Linear(ParameterTable parameters, string module, string? weight = null)
    {
        _parameters = parameters;
        Module = module;
        WeightName = weight ?? module + ".weight";
        BiasName = module + ".bias";
        Weight = parameters[WeightName];
        Bias = parameters.Find(BiasName);
        _onCpu = CpuMatrix.Fits(Weight) ? CpuMatrix.From(Weight, Bias) : null;
    }

    internal string Module { get; }

    internal string WeightName { get; }

    internal string BiasName { get; }

    /// <summary>The matrix (out, in).</summary>
    internal Tensor Weight { get; }

    /// <summary>The bias (out); null where the module has none.</summary>
    internal Tensor? Bias { get; }

    /// <summary>What is computed in place of W x + b while an adapter is active.</summary>
    internal Func<Tensor, Tensor>? Adapted { get; set; }

    /// <summary>
    /// Maps (..., in) to (..., out). In inference mode kernels of this program compute it where they are faster.
    /// Without it libtorch does, also where no gradient is asked for, so that a pass that is computed again for its
    /// gradients has the same bits.
    /// </summary>
    /// <param name="x">The inputs.</param>
    /// <param name="byKernel">Whether a kernel computes it in any case, for its bits.</param>
    internal Tensor Apply(Tensor x, bool byKernel = false) => (Adapted, _onCpu) switch
    {
        ({ } adapted, _) => adapted(x),
        (_, { } matrix) when _parameters.IsInPlace && (byKernel || (is_inference_mode_enabled() && IsForKernel(x))) =>
            CpuProduct.Apply(x, matrix),
        _ => nn.functional.linear(x, Weight, Bias),
    };

    /// <summary>Where the weights lie in memory.</summary>
    /// <exception cref="InvalidOperationException">They are not float32 on the CPU.</exception>
    internal CpuMatrix OnCpu() =>
        _onCpu ?? throw new InvalidOperationException($"{WeightName} is not float32 on the CPU");

    private static bool IsForKernel(Tensor x) => CpuMatrix.Fits(x) && CpuProduct.Pays(x.numel() / x.size(-1));
}
