namespace R1Reward.Actors.Coordination.Records;

/// <summary>Where the coordinator writes down what it is about to do and what has been done.</summary>
internal interface IJournal
{
    /// <summary>This coordinator's epoch, above every earlier one of the run.</summary>
    int Epoch { get; }

    /// <summary>Appends a line and flushes it to disk.</summary>
    /// <exception cref="FencedException">Another coordinator has taken over.</exception>
    void Append(JournalKind kind, int step = 0, string? checkpoint = null, string? evaluation = null);
}
