using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// Where the coordinator writes down what it is about to do and what has been done. What is recorded of a run counts
/// once the journal says so: records are written first, the line after them, both while nobody else can take over.
/// </summary>
internal interface IJournal
{
    /// <summary>This coordinator's epoch, above every earlier one of the run.</summary>
    int Epoch { get; }

    /// <summary>Appends a line and flushes it to disk.</summary>
    /// <param name="kind">What the line says.</param>
    /// <param name="step">The update that it concerns; 0 for the cold start.</param>
    /// <param name="checkpoint">A checkpoint that exists from now on, relative to the run folder.</param>
    /// <param name="evaluation">The name of a finished evaluation.</param>
    /// <param name="weights">Weights that are published from now on.</param>
    /// <param name="record">Writes the records that the line makes count.</param>
    /// <exception cref="FencedException">Another coordinator has taken over; nothing was written.</exception>
    void Append(
        JournalKind kind,
        int step = 0,
        string? checkpoint = null,
        string? evaluation = null,
        WeightsReference? weights = null,
        Action? record = null);

    /// <summary>Writes what needs no line of its own.</summary>
    /// <exception cref="FencedException">Another coordinator has taken over; nothing was written.</exception>
    void Record(Action write);
}
