using System.Globalization;
using System.Text.RegularExpressions;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Traces;
using R1Reward.Policy.Checkpoints;

namespace R1Reward.Actors.Runs;

/// <summary>The checkpoints in a run folder, on the coordinator's node.</summary>
/// <param name="folder">The run folder.</param>
/// <param name="keep">How many of the updates' checkpoints stay; 0 keeps all.</param>
/// <param name="bulk">Where weights are served.</param>
internal sealed partial class RunCheckpoints(RunFolder folder, int keep, BulkHub bulk) : ICheckpoints
{
    /// <inheritdoc/>
    public string Keep(string claimed)
    {
        var name = CheckpointClaim.NameOf(claimed);
        if (claimed != name)
        {
            Delete(folder.Absolute(name));
            Directory.Move(folder.Absolute(claimed), folder.Absolute(name));
        }

        return name;
    }

    /// <inheritdoc/>
    public void RemoveOld() => OldCheckpoints.Remove(folder.Checkpoints, keep);

    /// <inheritdoc/>
    public WeightsReference Publish(string checkpoint, int step)
    {
        var name = $"start-{step}-{Guid.NewGuid().ToString("N")[..8]}";
        return new WeightsReference(new PolicyVersion(step), bulk.Publish(name, folder.Absolute(checkpoint)));
    }

    /// <summary>Deletes what does not count by the journal, and what newer checkpoints have replaced.</summary>
    public void CutTo(RunProgress progress)
    {
        if (!Directory.Exists(folder.Checkpoints))
        {
            return;
        }

        foreach (var path in Directory.GetDirectories(folder.Checkpoints))
        {
            if (!Counts(path, progress))
            {
                Delete(path);
            }
        }

        RemoveOld();
    }

    // Folders of other names are the user's.
    private static bool Counts(string path, RunProgress progress)
    {
        var match = Own().Match(Path.GetFileName(path));
        var isClaimed = match.Groups["claim"].Success;
        return match.Groups["kind"].Value switch
        {
            "" => true,
            "sft-partial" => !progress.ColdStartDone,
            "srm-partial" => !progress.ScalarDone,
            "sft" => progress.ColdStartDone ? !isClaimed : FinishedStage.IsIn(path),
            "srm" => progress.ScalarDone ? !isClaimed : FinishedStage.IsIn(path),
            _ when isClaimed => false,
            var update => int.Parse(update.AsSpan("step-".Length), CultureInfo.InvariantCulture) <= progress.SavedStep,
        };
    }

    [GeneratedRegex(
        @"^(?<kind>(sft|srm)(-partial)?|step-[0-9]{1,9})(?<claim>\.e[0-9]+a[0-9]+)?(\.partial)?$")]
    private static partial Regex Own();

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
