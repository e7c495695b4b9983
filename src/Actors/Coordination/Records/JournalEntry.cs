using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>One line of the journal. Member names are those of its JSON.</summary>
/// <param name="Epoch">The coordinator that wrote it.</param>
/// <param name="At">When it was written.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Step">The update that it concerns; 0 for the cold start.</param>
/// <param name="Checkpoint">A checkpoint that exists from now on, relative to the run folder.</param>
/// <param name="Evaluation">
/// The name of a finished evaluation; of a scalar model's heads several, with commas between them.
/// </param>
/// <param name="Weights">Where the weights of an update are served, as long as their learner lives.</param>
internal sealed record JournalEntry(
    int Epoch,
    DateTimeOffset At,
    JournalKind Kind,
    int Step = 0,
    string? Checkpoint = null,
    string? Evaluation = null,
    WeightsReference? Weights = null);
