using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models;

/// <summary>
/// Weights that are trained in place of a model's own, which stay as they are: the model's layers compute with both.
/// Disposing it takes it off the model.
/// </summary>
public interface IModelAdapter : IDisposable
{
    /// <summary>The weights that training changes in place of the model's own.</summary>
    ParameterTable Parameters { get; }

    /// <summary>
    /// Begins a training pass that leaves out a share of the inputs. Which ones follows from the numbers given, so that
    /// a pass that is computed again for its gradients leaves out the same, and a row loses the same in whichever pass
    /// and on whichever rank it is.
    /// </summary>
    /// <param name="step">The optimiser's step.</param>
    /// <param name="rows">Numbers of the pass's rows, which no other rows of the step have.</param>
    void BeginDropout(long step, IReadOnlyList<int> rows);

    /// <summary>Ends a training pass: nothing is left out any more.</summary>
    void EndDropout();

    /// <summary>
    /// Adds what the adapter does to the weights of a model of the same layout, which then computes the same without
    /// it.
    /// </summary>
    void MergeInto(CausalLM target);

    /// <summary>Writes the adapter's folder; it is made if missing.</summary>
    void Save(string directory);
}
