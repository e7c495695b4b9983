using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>How far a run has come, read from its journal: where a coordinator that resumes it goes on.</summary>
/// <param name="ColdStartDone">Whether the cold start is done.</param>
/// <param name="Step">The last update that counts; later ones are made again.</param>
/// <param name="Checkpoint">The last checkpoint, relative to the run folder; null when there is none yet.</param>
/// <param name="Evaluated">Names of the evaluations that are done and still valid.</param>
/// <param name="Finished">Whether the run is over.</param>
/// <param name="ScalarDone">Whether its scalar reward model is trained.</param>
internal sealed record RunProgress(
    bool ColdStartDone,
    int Step,
    string? Checkpoint,
    IReadOnlySet<string> Evaluated,
    bool Finished,
    bool ScalarDone = false)
{
    /// <summary>The last update that a checkpoint holds.</summary>
    public int SavedStep { get; init; } = Step;

    /// <summary>The weights of update <see cref="Step"/> as its learner served them; null: the checkpoint's.</summary>
    public WeightsReference? Weights { get; init; }

    /// <summary>Reads the progress out of the journal's lines.</summary>
    /// <param name="entries">The lines.</param>
    /// <param name="served">
    /// Whether updates count that no checkpoint holds, but whose weights their learner served when it made them.
    /// </param>
    public static RunProgress From(IEnumerable<JournalEntry> entries, bool served = false)
    {
        var progress = new RunProgress(false, 0, null, new HashSet<string>(), false);
        var evaluated = new List<JournalEntry>();
        foreach (var entry in entries)
        {
            if (entry.Evaluation is not null)
            {
                evaluated.Add(entry);
            }

            progress = entry.Kind switch
            {
                JournalKind.ColdStartDone => progress with { ColdStartDone = true, Checkpoint = entry.Checkpoint },
                JournalKind.ScalarDone => progress with { ScalarDone = true, Checkpoint = entry.Checkpoint },
                JournalKind.StepLearned or JournalKind.StepSaved when entry.Checkpoint is not null => progress with
                {
                    Step = entry.Step,
                    SavedStep = entry.Step,
                    Checkpoint = entry.Checkpoint,
                    Weights = null,
                },
                JournalKind.StepLearned when served && entry.Weights is not null =>
                    progress with { Step = entry.Step, Weights = entry.Weights },
                JournalKind.RolledBack => progress with { Step = progress.SavedStep, Weights = null },
                JournalKind.Finished => progress with { Finished = true },
                _ => progress,
            };
            if (entry.Kind == JournalKind.RolledBack)
            {
                evaluated.RemoveAll(made => made.Step > entry.Step);
            }
        }

        // What was found about updates that are made again is found again with them.
        var valid = evaluated
            .Where(entry => entry.Step <= progress.Step)
            .SelectMany(entry => entry.Evaluation!.Split(','));
        return progress with { Evaluated = valid.ToHashSet() };
    }
}
