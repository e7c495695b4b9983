using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Engine;

/// <summary>
/// What this project relies on in TorchSharp and libtorch, and no other test would notice when it changed.
/// </summary>
public sealed class TorchSharpTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_inside_but_for_what_moved_out()
    {
        Tensor inside, kept;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                inside = ones(2);
                kept = (inside + 1).MoveToOuterDisposeScope();
            }

            Assert.True(inside.IsInvalid);
            Assert.Equal(2f, kept[0].item<float>());
        }

        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void A_detached_tensor_and_one_that_leaves_the_outermost_scope_live_on()
    {
        Tensor detached, moved;
        using (NewDisposeScope())
        {
            detached = ones(1).DetachFromDisposeScope();
            moved = ones(1).MoveToOuterDisposeScope();
        }

        Assert.False(detached.IsInvalid || moved.IsInvalid);
        detached.Dispose();
        moved.Dispose();
        moved.Dispose();
        Assert.Throws<InvalidOperationException>(() => moved + 1);
    }

    [Fact]
    public void Scopes_and_grad_mode_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        (bool InScope, bool Grad) elsewhere = (true, false);
        var thread = new Thread(() => elsewhere = (CurrentDisposeScope is not null, is_grad_enabled()));
        thread.Start();
        thread.Join();

        Assert.Equal((false, true), elsewhere);
    }

    [Fact]
    public void A_parameter_takes_the_handle_of_its_tensor_and_its_place_in_the_scope()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);
        var parameter = new Parameter(data);

        Assert.True(data.IsInvalid && parameter.is_leaf && parameter.requires_grad);
        Assert.True(scope.Contains(parameter));
    }

    [Fact]
    public void A_gradient_that_is_a_slice_of_a_flat_one_is_accumulated_in_place()
    {
        using var scope = NewDisposeScope();
        var (flat, gradients) = (ones(6), zeros(6));
        Parameter weight;
        using (no_grad())
        {
            weight = new Parameter(flat.narrow(0, 2, 4).view(2, 2).detach());
            weight.grad = gradients.narrow(0, 2, 4).view(2, 2);
        }

        (weight * 3).sum().backward();
        (weight * 4).sum().backward();

        Assert.Equal([0, 0, 7, 7, 7, 7], gradients.data<float>().ToArray());
    }

    [Fact]
    public void The_gradient_of_index_select_is_the_same_to_the_last_bit_every_time()
    {
        using var scope = NewDisposeScope();
        var table = arange(64 * 32, dtype: ScalarType.Float32).view(64, 32).sin().requires_grad_();
        var ids = arange(20_000).remainder(64);
        var weights = arange(20_000 * 32, dtype: ScalarType.Float32).view(20_000, 32).cos();
        byte[] Gradient()
        {
            table.grad = null;
            (table.index_select(0, ids) * weights).sum().backward();
            return table.grad!.bytes.ToArray();
        }

        var first = Gradient();

        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal(first, Gradient()));
    }

    [Fact]
    public void Baddbmm_adds_its_second_argument_to_the_product()
    {
        using var scope = NewDisposeScope();
        var (left, right, added) = (full([1, 2, 3], 2f), full([1, 3, 2], 5f), full([1, 2, 2], 7f));

        Assert.Equal(10f * 30 + (100f * 7), left.baddbmm(right, added, beta: 100, alpha: 10)[0, 0, 0].item<float>());
    }

    [Fact]
    public void A_wrong_shape_is_an_exception_in_the_members_that_are_not_banned()
    {
        using var scope = NewDisposeScope();
        Action[] wrong =
        [
            () => nn.functional.linear(ones(2, 3), ones(2, 4)),
            () => ones(2, 3).mm(ones(2, 3)),
            () => ones(1, 2, 3).bmm(ones(1, 2, 3)),
            () => autograd.backward([ones(2)]),
        ];

        Assert.All(wrong, call => Assert.Throws<ExternalException>(call));
    }

    [Fact]
    public void Attention_with_a_mask_of_numbers_adds_them_to_the_scores()
    {
        using var scope = NewDisposeScope();
        var query = ones(1, 1, 1, 4);
        var values = tensor(new float[] { 1, 3 }).view(1, 1, 2, 1).expand(1, 1, 2, 4).contiguous();
        var mask = tensor(new[] { 0f, float.NegativeInfinity }).view(1, 1, 1, 2);

        var attended = nn.functional.scaled_dot_product_attention(query, ones(1, 1, 2, 4), values, mask);

        Assert.Equal(1f, attended[0, 0, 0, 0].item<float>());
    }
}
