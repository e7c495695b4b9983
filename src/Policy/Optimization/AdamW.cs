using R1Reward.Policy.Exchange;
using R1Reward.Policy.Parameters;
using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) over flat buffers: a handful of operations per step, whatever the number of
/// weights. A bfloat16 model gets float32 master weights and float32 gradient sums, for an update is often smaller than
/// the spacing of bfloat16 numbers. Differences from torch.optim.AdamW: gradients are clipped to their common norm as
/// part of the step, and norms and biases do not decay unless asked. <see cref="Step"/> reads the gradient sums and
/// nothing else of the backward passes: <see cref="Combine()"/> adds those of all ranks up before it.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly IReadOnlyList<ParameterTable> _tables;
    private readonly State[] _states;
    private readonly IReadOnlyList<GradientBucket> _buckets;

    /// <summary>Allocates gradients and moments for all parameters of a table.</summary>
    public AdamW(ParameterTable parameters, AdamWOptions options)
        : this([parameters], options)
    {
    }

    /// <summary>
    /// As the other for several tables without a name in common; their gradients are clipped together.
    /// </summary>
    public AdamW(IReadOnlyList<ParameterTable> tables, AdamWOptions options)
    {
        _tables = tables;
        Options = options;
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var parameters in tables)
        {
            parameters.AllocateGradients();
        }

        _states = [.. tables.SelectMany(parameters => parameters.Groups)
            .Select(group => new State(group, options.OffLoad))];
        _buckets = GradientBuckets.Cut([.. _states.Select(state => state.Group)], options.BucketBytes);
    }

    /// <summary>Decay rates, weight decay and clipping.</summary>
    public AdamWOptions Options { get; }

    /// <summary>
    /// The learners that make each step together, all with the same weights and moments; one alone by default. What
    /// trains with this optimiser cuts its batches by them.
    /// </summary>
    public ICollective Ranks { get; set; } = OneRank.Alone;

    /// <summary>Steps taken or restored.</summary>
    public long StepCount { get; private set; }

    /// <summary>
    /// Ends a micro-batch: where the gradients of the model are bfloat16, or the optimiser lies elsewhere, adds them to
    /// the float32 sums and zeroes them. Else backward has already summed in place.
    /// </summary>
    public void Accumulate()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var state in _states.Where(state => state.IsApart))
        {
            Accumulate(state.Sums, state.Group.Gradients!);
        }
    }

    /// <summary>Time spent so far in waiting for the sums of gradients over all ranks.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Begins the gradients of a step, which this rank makes in so many micro-batches.</summary>
    internal GradientExchange Exchange(int microBatches) =>
        new(this, Ranks.Count > 1 ? _buckets : [], microBatches);

    /// <summary>Replaces the gradients summed so far by their sums over all ranks; once per step.</summary>
    /// <exception cref="RankLostException">Another rank is gone; the weights are unchanged.</exception>
    public void Combine()
    {
        using var exchange = Exchange(0);
        Combine(exchange);
    }

    /// <summary>Ends the gradients of a step with their sums over all ranks.</summary>
    /// <exception cref="RankLostException">Another rank is gone; the weights are unchanged.</exception>
    internal void Combine(GradientExchange exchange) => Waited += exchange.Finish();

    /// <summary>Ends the last micro-batch for one bucket, whose sums are those over all ranks from then on.</summary>
    internal void Combine(GradientBucket bucket)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var state = _states[bucket.Group];
        var sums = state.Sums.narrow(0, bucket.Start, bucket.Count);
        if (state.IsApart)
        {
            Accumulate(sums, state.Group.Gradients!.narrow(0, bucket.Start, bucket.Count));
        }

        Ranks.AllReduce(sums);
    }

    /// <summary>The norm of all gradients summed so far.</summary>
    public double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        return Math.Sqrt(_states.Sum(state => state.Sums.dot(state.Sums).Value()));
    }

    /// <summary>Clips, updates the weights and zeroes the gradients.</summary>
    /// <param name="learningRate">Rate of this step.</param>
    /// <returns>The norm of all gradients before clipping.</returns>
    /// <exception cref="InvalidOperationException">The norm is not finite; the weights are unchanged.</exception>
    public double Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var norm = GradientNorm();
        if (!double.IsFinite(norm))
        {
            throw new InvalidOperationException(
                $"gradient norm is {norm} at optimiser step {StepCount + 1}, learning rate {learningRate:g4}");
        }

        StepCount++;
        var clip = Math.Min(1, Options.MaxGradientNorm / (norm + 1e-6));
        foreach (var state in _states)
        {
            Update(state, learningRate, clip);
        }

        return norm;
    }

    /// <summary>Sets the gradients summed so far to 0, so that no step is made of them.</summary>
    public void ZeroGradients()
    {
        using var mode = no_grad();
        foreach (var parameters in _tables)
        {
            parameters.ZeroGradients();
        }

        foreach (var state in _states)
        {
            state.Sums.zero_();
        }
    }

    /// <summary>The gradients summed so far of one table, flat, which are 0 from then on.</summary>
    internal Tensor TakeGradients(ParameterTable table)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var sums = SumsOf(table);
        var taken = cat(sums, 0);
        foreach (var sum in sums)
        {
            sum.zero_();
        }

        return taken.MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the gradients of one table, flat as <see cref="TakeGradients"/> gives them.</summary>
    internal void AddGradients(ParameterTable table, Tensor gradients)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var start = 0L;
        foreach (var sum in SumsOf(table))
        {
            sum.add_(gradients.narrow(0, start, sum.numel()), One);
            start += sum.numel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in _states)
        {
            state.Dispose();
        }
    }

    /// <summary>
    /// The state by name: <c>m.</c>, <c>v.</c> and, for bfloat16, <c>master.</c> before each weight's Hugging Face
    /// name. Views of live memory.
    /// </summary>
    internal IEnumerable<(string Name, Tensor Values)> StateTensors()
    {
        foreach (var state in _states)
        {
            foreach (var (spec, offset) in state.Group.Slices())
            {
                Tensor Slice(Tensor flat) => flat.narrow(0, offset, spec.Count).view(spec.Shape);
                yield return ("m." + spec.Name, Slice(state.First));
                yield return ("v." + spec.Name, Slice(state.Second));
                if (state.Group.Values.dtype != ScalarType.Float32)
                {
                    yield return ("master." + spec.Name, Slice(state.Master));
                }
            }
        }
    }

    /// <summary>
    /// What a step goes on from, in float32 and a fixed order: weights and both moments of each buffer. Live memory;
    /// <see cref="Resume"/> follows a change of it.
    /// </summary>
    internal IEnumerable<Tensor> FlatState =>
        _states.SelectMany(state => new[] { state.Master, state.First, state.Second });

    /// <summary>Goes on after so many steps, with the weights and moments that are there now.</summary>
    internal void Resume(long steps)
    {
        using var mode = no_grad();
        StepCount = steps;
        foreach (var state in _states.Where(state => state.IsApart))
        {
            state.Group.Values.copy_(state.Master);
        }
    }

    internal void RestoreStepCount(long count) => StepCount = count;

    private static void Accumulate(Tensor sums, Tensor gradients)
    {
        sums.add_(gradients.to(sums.device), One);
        gradients.zero_();
    }

    private Tensor[] SumsOf(ParameterTable table) =>
        [.. _states.Where(state => table.Groups.Contains(state.Group)).Select(state => state.Sums)];

    private void Update(State state, double learningRate, double clip)
    {
        using var scope = NewDisposeScope();
        var gradients = clip < 1 ? state.Sums.mul_(Kept(clip)) : state.Sums;
        if (Options.WeightDecay != 0 && (Options.DecayAll || state.Group.Decays))
        {
            state.Master.mul_(Kept(1 - (learningRate * Options.WeightDecay)));
        }

        state.First.mul_(Kept(Options.Beta1)).add_(gradients, Kept(1 - Options.Beta1));
        state.Second.mul_(Kept(Options.Beta2)).addcmul_(gradients, gradients, Kept(1 - Options.Beta2));
        var firstBias = 1 - Math.Pow(Options.Beta1, StepCount);
        var secondBias = 1 - Math.Pow(Options.Beta2, StepCount);
        var root = state.Second.sqrt().div_(Kept(Math.Sqrt(secondBias))).add_(Kept(Options.Epsilon), One);
        state.Master.addcdiv_(state.First, root, Kept(-learningRate / firstBias));
        if (state.IsApart)
        {
            state.Group.Values.copy_(state.Master);
        }

        gradients.zero_();
    }

    /// <summary>
    /// Moments of one group, and master weights and gradient sums, which in float32 are the model's own unless the
    /// optimiser is off-loaded.
    /// </summary>
    private sealed class State : IDisposable
    {
        internal State(ParameterGroup group, bool offLoad)
        {
            var home = offLoad ? CPU : group.Values.device;
            Group = group;
            IsApart = offLoad || group.Values.dtype != ScalarType.Float32;
            First = zeros_like(group.Values, dtype: ScalarType.Float32, device: home).DetachFromDisposeScope();
            Second = zeros_like(First).DetachFromDisposeScope();
            Master = IsApart ? First.clone().copy_(group.Values).DetachFromDisposeScope() : group.Values;
            Sums = IsApart ? zeros_like(First).DetachFromDisposeScope() : group.Gradients!;
        }

        internal ParameterGroup Group { get; }

        internal bool IsApart { get; }

        internal Tensor First { get; }

        internal Tensor Second { get; }

        internal Tensor Master { get; }

        internal Tensor Sums { get; }

        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
            if (IsApart)
            {
                Master.Dispose();
                Sums.Dispose();
            }
        }
    }
}
