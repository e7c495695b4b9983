using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        public static class utils
        {
            /// <summary>Scales all gradients in place to at most <paramref name="max_norm"/> together; returns their norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var gradless = no_grad();
                Tensor[] grads = [.. tensors.Select(tensor => tensor.grad).OfType<Tensor>()];
                if (grads.Length == 0)
                {
                    return 0;
                }

                var total = stack([.. grads.Select(grad => grad.norm((float)norm_type))]).norm((float)norm_type).ToDouble();
                var scale = Math.Min(1.0, max_norm / (total + 1e-6));
                foreach (var grad in grads)
                {
                    grad.mul_(scale);
                }

                return total;
            }
        }
    }
}
