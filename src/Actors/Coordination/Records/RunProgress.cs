namespace R1Reward.Actors.Coordination.Records;

/// <summary>How far a run has come, read from its journal: where a coordinator that resumes it goes on.</summary>
/// <param name="ColdStartDone">Whether the cold start is done.</param>
/// <param name="Step">The last update that a checkpoint holds; later ones are made again.</param>
/// <param name="Checkpoint">That checkpoint, relative to the run folder; null when there is none yet.</param>
/// <param name="Evaluated">Names of the evaluations that are done and still valid.</param>
/// <param name="Finished">Whether the run is over.</param>
internal sealed record RunProgress(
    bool ColdStartDone, int Step, string? Checkpoint, IReadOnlySet<string> Evaluated, bool Finished)
{
    /// <summary>Reads the progress out of the journal's lines.</summary>
    public static RunProgress From(IEnumerable<JournalEntry> entries)
    {
        var progress = new RunProgress(false, 0, null, new HashSet<string>(), false);
        var evaluated = new List<JournalEntry>();
        foreach (var entry in entries)
        {
            if (entry.Kind == JournalKind.Evaluated)
            {
                evaluated.Add(entry);
            }

            progress = entry.Kind switch
            {
                JournalKind.ColdStartDone => progress with { ColdStartDone = true, Checkpoint = entry.Checkpoint },
                JournalKind.StepLearned when entry.Checkpoint is not null =>
                    progress with { Step = entry.Step, Checkpoint = entry.Checkpoint },
                JournalKind.Finished => progress with { Finished = true },
                _ => progress,
            };
        }

        // What was found about updates that are made again is found again with them.
        var valid = evaluated.Where(entry => entry.Step <= progress.Step).Select(entry => entry.Evaluation!);
        return progress with { Evaluated = valid.ToHashSet() };
    }
}
