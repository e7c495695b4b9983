namespace R1Reward.Actors.Protocol;

/// <summary>A worker that has joined a run.</summary>
/// <param name="Name">Its unique name.</param>
/// <param name="Address">Its node's address.</param>
/// <param name="Kind">The work it does.</param>
/// <param name="Free">For how many more items it has room.</param>
/// <param name="Held">How many items it holds.</param>
/// <param name="WorksOn">The first of them, by id; null where it holds none.</param>
/// <param name="WaitsFor">What they wait for; null while they go on.</param>
/// <param name="SilentSeconds">How long ago it was last heard of.</param>
public sealed record WorkerDetails(
    string Name,
    string Address,
    WorkKind Kind,
    int Free,
    int Held,
    string? WorksOn,
    string? WaitsFor,
    double SilentSeconds)
{
    /// <summary>Tokens per second of its share of the last step that it made with others; null where none.</summary>
    public double? TokensPerSecond { get; init; }
}
