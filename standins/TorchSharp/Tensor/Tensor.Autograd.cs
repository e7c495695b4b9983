using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Native.shim_requires_grad(Handle) != 0;
            set => Native.Check(Native.shim_set_requires_grad(Handle, value ? 1 : 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public bool is_leaf => Native.shim_is_leaf(Handle) != 0;

        public void retain_grad() => Native.Check(Native.shim_retain_grad(Handle));

        /// <summary>The gradient under a new handle at each read; null if there is none.</summary>
        public Tensor? grad
        {
            get
            {
                var gradient = Native.shim_grad(Handle);
                return gradient == 0 ? null : new Tensor(gradient);
            }

            set => Native.Check(Native.shim_set_grad(Handle, value?.Handle ?? 0));
        }

        public void backward() => autograd.backward([this]);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        public Tensor detach() => Ops.detach.Call(this);

        public Tensor detach_() => Ops.detach_.InPlace(this);
    }
}
