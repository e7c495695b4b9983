using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Ops.linear.Call(input, weights, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Ops.layer_norm.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Ops.dropout_.InPlace(input, p, training).alias() : Ops.dropout.Call(input, p, training);

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? Ops.silu_.InPlace(x).alias() : x.silu();

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? Ops.relu_.InPlace(x).alias() : x.relu();

            public static Tensor gelu(Tensor x) => gelu(x, GELU.Approximate.none);

            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, GELU.Approximate.none, inplace);

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) => inplace
                ? Ops.gelu_.InPlace(x, approximate.ToString()).alias()
                : Ops.gelu.Call(x, approximate.ToString());

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor logsigmoid(Tensor x) => Ops.log_sigmoid.Call(x);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) =>
                Ops.softplus.Call(x, (Scalar)beta, (Scalar)threshold);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Ops.one_hot.Call(x, num_classes);

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                Ops.cross_entropy_loss.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Ops.mse_loss.Call(input, target, (long)reduction);

            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                Ops.binary_cross_entropy_with_logits.Call(input, target, weight, pos_weights, (long)reduction);

            /// <summary>
            /// Softmax attention over the last two dimensions, scaled by the root of the head size. Composed of plain
            /// operators: libtorch 1.13 has no public one. A bool mask is true where attention is allowed.
            /// </summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (p < 0)
                {
                    throw new ArgumentException("Dropout probability must be greater than or equal to zero.");
                }

                if (is_casual && attn_mask is not null)
                {
                    throw new ArgumentException("Casual attention masking cannot pass a mask.");
                }

                using var scope = NewDisposeScope();
                if (is_casual)
                {
                    attn_mask = ones([query.size(-2), key.size(-2)], ScalarType.Bool, query.device).tril_();
                }

                var scores = Product(query * (1 / Math.Sqrt(query.size(-1))), key.transpose(-2, -1));
                if (attn_mask is not null)
                {
                    scores = attn_mask.dtype == ScalarType.Bool
                        ? scores.masked_fill(attn_mask.logical_not(), double.NegativeInfinity)
                        : scores + attn_mask;
                }

                var weights = scores.softmax(-1);
                if (p > 0)
                {
                    weights = dropout(weights, p);
                }

                return Product(weights, value).MoveToOuterDisposeScope();
            }

            private static Tensor Product(Tensor left, Tensor right) => Ops.matmul.Call(left, right);
        }
    }
}
