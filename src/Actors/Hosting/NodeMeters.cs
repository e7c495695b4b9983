using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Telemetry;
using R1Reward.Data.Options;
using static TorchSharp.torch;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// What can be observed of one node: the members of its cluster as it sees them, and the run where it holds the
/// coordinator. Figures of a run are there as long as the run is.
/// </summary>
internal sealed class NodeMeters : IDisposable
{
    private const string Sampled = "Sampled in the last minute; unknown before the first traces.";

    private readonly Meter _meter;
    private readonly Cluster _cluster;
    private volatile RunDetails _run = RunDetails.Idle(RunStatus.NoRun);

    /// <summary>Creates the meters of a node.</summary>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="bulk">Its hub.</param>
    public NodeMeters(Cluster cluster, BulkHub bulk)
    {
        _cluster = cluster;
        _meter = new Meter(Meters.Name, version: null, tags: null, scope: this);
        Observe("cluster.members", "Members of the cluster by status.", Members);
        Observe("cluster.unreachable", "Members that do not answer this node.", () => [Of(Unreachable)]);
        Observe("run.step", "Step of the stage, from 1; 0 before the first.", () => Run(run => run.Status.Step));
        Observe("run.steps", "Steps of the stage.", () => Run(run => run.Status.Steps));
        Observe("run.stage", "1 for the stage of the run.", Stage);
        Observe("run.epoch", "Epoch of the coordinator.", () => Run(run => run.Epoch));
        Observe("run.weights.version", "Policy version that is sampled by.", () => Run(run => run.WeightsVersion));
        Observe("run.figure", "Latest figures of the run by name.", Figures);
        Observe("run.traces.per.second", Sampled, () => Run(run => run.Throughput?.TracesPerSecond));
        Observe("run.tokens.per.second", Sampled, () => Run(run => run.Throughput?.TokensPerSecond));
        Observe("run.given.out.again", "Items given out again in this epoch.", () => Run(run => run.GivenOutAgain));
        Observe("run.workers", "Workers that have joined the run by kind of work.", Workers);
        Observe("work.open", "Items that wait for a worker by kind of work.", () => Queues(queue => queue.Open));
        Observe("work.leased", "Items that workers hold by kind of work.", () => Queues(queue => queue.Leased));
        Observe("live.tensors", "Tensors of this process that are not freed.", () => [Of(Tensor.TotalCount)]);
        _meter.CreateObservableCounter(
            "r1reward.bulk.received", () => bulk.Received, "By", "Weights and batches fetched from other nodes.");
    }

    /// <summary>Whether a meter is one that this node serves.</summary>
    public bool IsServed(Meter meter) => meter.Name switch
    {
        Meters.Name => meter.Scope is null || meter.Scope == this,
        "System.Runtime" => true,
        _ => false,
    };

    /// <summary>Takes in from now on how a run is going that this node coordinates.</summary>
    public void Follow(ActorSystem system)
    {
        var follower = system.ActorOf(Props.Create(() => new Follower(this)), "meters");
        system.EventStream.Subscribe(follower, typeof(RunDetails));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Observe(string name, string description, Func<IEnumerable<Measurement<double>>> observe) =>
        _meter.CreateObservableGauge($"r1reward.{name}", observe, unit: null, description);

    private double Unreachable => _cluster.State.Unreachable.Count;

    private IEnumerable<Measurement<double>> Members() => _cluster.State.Members
        .GroupBy(member => member.Status)
        .Select(group => Of(group.Count(), "status", $"{group.Key}".ToLowerInvariant()));

    private IEnumerable<Measurement<double>> Run(Func<RunDetails, double?> figure) =>
        _run is { Epoch: > 0 } run && figure(run) is { } value ? [Of(value)] : [];

    private IEnumerable<Measurement<double>> Stage() =>
        _run.Epoch > 0 ? [Of(1, "stage", EnumNames.Dashed(_run.Status.Stage))] : [];

    private IEnumerable<Measurement<double>> Figures() =>
        _run.Status.Metrics.Where(_ => _run.Epoch > 0).Select(figure => Of(figure.Value, "name", figure.Key));

    private IEnumerable<Measurement<double>> Workers() =>
        _run.Workers.GroupBy(worker => worker.Kind).Select(group => Of(group.Count(), "kind", Dashed(group.Key)));

    private IEnumerable<Measurement<double>> Queues(Func<WorkQueue, int> length) =>
        _run.Queues.Select(queue => Of(length(queue.Value), "kind", Dashed(queue.Key)));

    private static string Dashed(WorkKind kind) => EnumNames.Dashed(kind);

    private static Measurement<double> Of(double value) => new(value);

    private static Measurement<double> Of(double value, string label, string text) =>
        new(value, new KeyValuePair<string, object?>(label, text));

    private sealed class Follower : ReceiveActor
    {
        public Follower(NodeMeters meters) => Receive<RunDetails>(run => meters._run = run);
    }
}
