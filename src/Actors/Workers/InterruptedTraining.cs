using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Policy.Training;

namespace R1Reward.Actors.Workers;

/// <summary>
/// The checkpoint from which an interrupted cold start or scalar training goes on. Whoever goes on from it renames it
/// to its own claim first: a worker that was given up and wakes up again writes beside it.
/// </summary>
internal static class InterruptedTraining
{
    /// <summary>Takes over the newest one there is, if there is any.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="partial">Name of such checkpoints, relative to the run folder.</param>
    /// <param name="key">The hand-out that goes on from it.</param>
    public static TrainingCheckpoint Take(RunFolder folder, string partial, WorkKey key)
    {
        var own = Of(folder, partial, key);
        if (!Directory.Exists(own.Folder) && NewestIn(folder, partial) is { } newest)
        {
            Directory.Move(newest, own.Folder);
        }

        return own;
    }

    /// <summary>The one of a hand-out, which may not be there.</summary>
    public static TrainingCheckpoint Of(RunFolder folder, string partial, WorkKey key) =>
        new(folder.Absolute(CheckpointClaim.Of(partial, key)));

    /// <summary>
    /// Removes all there are, also what was not written to its end because a worker was lost meanwhile.
    /// </summary>
    public static void Clear(RunFolder folder, string partial)
    {
        foreach (var path in In(folder, partial))
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (IOException)
            {
                // One that was given up writes there again. A coordinator that loads the run removes it.
            }
        }
    }

    private static string? NewestIn(RunFolder folder, string partial) => In(folder, partial)
        .Where(path => new TrainingCheckpoint(path).Exists && Path.GetExtension(path) != ".partial")
        .MaxBy(CheckpointClaim.HandOutOf);

    private static string[] In(RunFolder folder, string partial) => !Directory.Exists(folder.Checkpoints)
        ? []
        : Directory.GetDirectories(folder.Checkpoints, Path.GetFileName(partial) + "*");
}
