namespace TorchSharp.Modules;

/// <summary>
/// A leaf that learns. It takes over the handle and the place in the dispose scope of its data, which
/// is invalid afterwards; the count of live tensors stays one too high, as it does in the official package.
/// </summary>
public class Parameter : torch.Tensor
{
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(data.with_requires_grad(requires_grad).MoveHandle(), register: false) => DisposeScope.Replace(data, this);
}
