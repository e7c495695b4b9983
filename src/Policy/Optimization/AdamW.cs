using R1Reward.Policy.Exchange;
using R1Reward.Policy.Parameters;
using R1Reward.Policy.Tracing;
using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) over flat buffers: a handful of operations per step, whatever the number of
/// weights. A bfloat16 model gets float32 master weights and float32 gradient sums, for an update is often smaller than
/// the spacing of bfloat16 numbers. Differences from torch.optim.AdamW: gradients are clipped to their common norm as
/// part of the step, and norms and biases do not decay unless asked. <see cref="Step"/> reads the gradient sums and
/// nothing else of the backward passes: <see cref="Combine()"/> adds those of all ranks up before it. With
/// <see cref="AdamWOptions.Sharding"/> a rank updates its part of the weights alone.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly IReadOnlyList<ParameterTable> _tables;
    private readonly IReadOnlyList<(ParameterTable Table, ParameterGroup Group)> _groups;
    private readonly IReadOnlyList<GradientBucket> _buckets;
    private RangeState[]? _states;
    private IReadOnlyList<WeightParts> _parts = [];
    private RankCut _cut;

    /// <summary>Allocates gradients for all parameters of a table; moments follow with the first use.</summary>
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
        _groups = [.. tables.SelectMany(table => table.Groups.Select(group => (table, group)))];
        _buckets = GradientBuckets.Cut(
            [.. _groups.Select(one => one.Group)],
            options.BucketBytes,
            byLayer: options.Sharding == Sharding.Parameters);
        if (options.Sharding < Sharding.Gradients)
        {
            AllocateGradients();
        }
    }

    /// <summary>Decay rates, weight decay and clipping.</summary>
    public AdamWOptions Options { get; }

    /// <summary>
    /// The learners that make each step together, all with the same weights and moments, or each with its part of the
    /// moments; one alone by default. What trains with this optimiser cuts its batches by them.
    /// </summary>
    public ICollective Ranks { get; set; } = OneRank.Alone;

    /// <summary>Whether all of the state is held here; else each rank holds a part.</summary>
    public bool IsWhole => Cut == RankCut.Whole;

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
        foreach (var state in States)
        {
            state.Accumulate();
        }
    }

    /// <summary>
    /// Has the weights of a model read that are not here yet: all of them, or the part that this rank holds.
    /// </summary>
    /// <param name="read">Reads what is to be here.</param>
    public void TakeWeights(Action read)
    {
        Dispose();
        _states = Allocate(null, read);
    }

    /// <summary>Time spent so far in waiting for sums of gradients, or for weights that are gathered.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Begins the gradients of a step, which this rank makes in so many micro-batches.</summary>
    internal GradientExchange Exchange(int microBatches)
    {
        _ = States;
        var rounds = IsScattered ? (int)Ranks.Gather([microBatches]).Max(own => own[0]) : 0;
        return new(this, Ranks.Count > 1 ? _buckets : [], microBatches, Math.Max(1, rounds));
    }

    /// <summary>
    /// Replaces the gradients summed so far by their sums over all ranks, as far as this one steps on them; once per
    /// step.
    /// </summary>
    /// <exception cref="RankLostException">Another rank is gone; the weights are unchanged.</exception>
    public void Combine()
    {
        using var exchange = Exchange(0);
        Combine(exchange);
    }

    /// <summary>Ends the gradients of a step with their sums over all ranks.</summary>
    /// <exception cref="RankLostException">Another rank is gone; the weights are unchanged.</exception>
    internal void Combine(GradientExchange exchange) => Waited += exchange.Finish();

    /// <summary>Ends a micro-batch for one bucket, whose sums are those over all ranks from then on.</summary>
    internal void Combine(GradientBucket bucket)
    {
        using var phase = TrainingPhases.Exchange();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var state = Array.Find(States, state => state.Bucket == bucket)!;
        state.Accumulate();
        if (IsSharded)
        {
            Ranks.ReduceScatter(state.Sums);
        }
        else
        {
            Ranks.AllReduce(state.Sums);
        }
    }

    /// <summary>Takes what backward has left of one bucket, which the weights have no more from then on.</summary>
    internal BucketScatter BeginScatter(GradientBucket bucket)
    {
        var state = Array.Find(States, state => state.Bucket == bucket)!;
        return new(state, state.TakeGradients(), Ranks);
    }

    /// <summary>The norm of all gradients summed so far; all ranks ask for it together.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    public double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var own = States.Sum(state => state.OwnSums.dot(state.OwnSums).Value());
        return Math.Sqrt(IsSharded ? Ranks.Sum(own) : own);
    }

    /// <summary>Clips, updates the weights and zeroes the gradients.</summary>
    /// <param name="learningRate">Rate of this step.</param>
    /// <returns>The norm of all gradients before clipping.</returns>
    /// <exception cref="InvalidOperationException">
    /// The norm is not finite; the weights are unchanged. Or the state is cut for other ranks than there are.
    /// </exception>
    /// <exception cref="RankLostException">Another rank is gone; some weights are those of before the step.</exception>
    public double Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        if (Cut != DueCut)
        {
            throw new InvalidOperationException($"the optimiser holds {Cut} of its state, and is to step as {DueCut}");
        }

        var norm = GradientNorm();
        if (!double.IsFinite(norm))
        {
            throw new InvalidOperationException(
                $"gradient norm is {norm} at optimiser step {StepCount + 1}, learning rate {learningRate:g4}");
        }

        using var phase = TrainingPhases.Step();
        StepCount++;
        HasAllWeights = AreWeightsSettled;
        var clip = Math.Min(1, Options.MaxGradientNorm / (norm + 1e-6));
        foreach (var state in States)
        {
            state.Update(Options, StepCount, learningRate, clip);
        }

        ShareWeights();
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

        foreach (var state in States)
        {
            state.Sums.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_states ?? [], state => state.Dispose());
        foreach (var parts in _parts)
        {
            parts.Dispose();
        }
    }

    /// <summary>The part of the state that this rank holds.</summary>
    internal RankCut Cut => States.Length == 0 ? DueCut : _cut;

    /// <summary>The part of the state that this rank has to hold for a step of <see cref="Ranks"/>.</summary>
    internal RankCut DueCut => IsSharded ? RankCut.Of(Ranks) : RankCut.Whole;

    /// <summary>
    /// Whether the model's weights are those of one step; else the parts of other ranks are of another.
    /// </summary>
    internal bool HasAllWeights { get; private set; } = true;

    /// <summary>The state weight by weight, as far as it is held here; views of live memory.</summary>
    internal IEnumerable<StateSlice> StateTensors() => States.SelectMany(state => state.Slices());

    /// <summary>
    /// What a step goes on from, in float32 and a fixed order: weights and both moments of each buffer, as far as they
    /// are held here. Live memory; <see cref="Resume"/> follows a change of it.
    /// </summary>
    internal IEnumerable<Tensor> FlatState => States.SelectMany(state => state.Flats);

    /// <summary>Goes on after so many steps, with the weights and moments that are there now.</summary>
    internal void Resume(long steps)
    {
        using var mode = no_grad();
        StepCount = steps;
        HasAllWeights = AreWeightsSettled;
        foreach (var state in States)
        {
            state.TakeMasters();
        }
    }

    /// <summary>What is kept, range by range.</summary>
    internal IReadOnlyList<RangeState> Ranges => States;

    /// <summary>
    /// Holds a part that was fetched, in place of what it held; <see cref="ShareWeights"/> has to follow.
    /// </summary>
    /// <param name="part">The part.</param>
    /// <param name="steps">The steps that it goes on after.</param>
    internal void Adopt(IReadOnlyList<IReadOnlyList<Tensor>> part, long steps)
    {
        Dispose();
        (_states, StepCount) = (Allocate(part), steps);
        HasAllWeights = AreWeightsSettled;
    }

    /// <summary>Every rank takes the weights that others have updated; all call it together.</summary>
    /// <exception cref="RankLostException">Another rank is gone; some weights are those of before.</exception>
    internal void ShareWeights()
    {
        using var mode = no_grad();
        if (IsSharded)
        {
            foreach (var values in States.Select(state => state.Values).OfType<Tensor>())
            {
                Ranks.AllGather(values);
            }
        }

        HasAllWeights = true;
    }

    internal void RestoreStepCount(long count) => StepCount = count;

    private bool IsSharded => Options.Sharding != Sharding.None && Ranks.Count > 1;

    /// <summary>
    /// Whether gradients are summed over the ranks micro-batch by micro-batch, and each keeps its part alone.
    /// </summary>
    internal bool IsScattered => IsSharded && Options.Sharding >= Sharding.Gradients;

    /// <summary>Where weights and gradients are.</summary>
    internal Device Device => _tables[0].Device;

    /// <summary>Makes what is exchanged in the middle of passes.</summary>
    internal ExchangeQueue Queue { get; } = new();

    /// <summary>The weights of which each rank holds a part; null where all have all.</summary>
    internal WeightParts? Parts => _parts.SingleOrDefault();

    // Whether no weights of this rank are those that another one updates.
    private bool AreWeightsSettled => IsWhole || States.All(state => state.Values is null);

    // Made when they are first asked for, since ranks are known only then.
    private RangeState[] States => _states ??= Allocate(null);

    private RangeState[] Allocate(IReadOnlyList<IReadOnlyList<Tensor>>? flats, Action? read = null)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var areCut = IsSharded && Options.Sharding == Sharding.Parameters;
        foreach (var table in _tables.Where(table => !table.IsHere && !areCut))
        {
            table.MakeWhole();
        }

        if (!IsScattered)
        {
            AllocateGradients();
        }
        else if (_groups[0].Group.Gradients is not null)
        {
            foreach (var table in _tables)
            {
                table.ReleaseGradients();
            }
        }

        _cut = DueCut;
        _parts = areCut ? [.. _tables.Where(table => table.ComesByLayer).Select(PartsOf)] : [];
        read?.Invoke();
        return [.. _buckets.OrderBy(bucket => (bucket.Group, bucket.Start)).Select((bucket, i) =>
        {
            var (table, group) = _groups[bucket.Group];
            var weights = (table.Parts as WeightParts)?[bucket];
            return new RangeState(table, group, bucket, _cut, Options.OffLoad, flats?[i], weights);
        })];
    }

    private WeightParts PartsOf(ParameterTable table) => new(
        table,
        _buckets.Where(bucket => _groups[bucket.Group].Table == table)
            .Select(bucket => (_groups[bucket.Group].Group, bucket)),
        _cut,
        () => Ranks,
        Queue,
        Options.Overlaps);

    private void AllocateGradients()
    {
        foreach (var table in _tables)
        {
            table.AllocateGradients();
        }
    }
}
