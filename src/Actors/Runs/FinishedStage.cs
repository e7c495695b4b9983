using System.Text;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs;

/// <summary>
/// What a stage has come to, written to the folder of its trained model and looked for until the stage counts: if the
/// worker that was to hand it in is lost, whoever has the item next hands it in.
/// </summary>
/// <param name="Steps">Steps that were made.</param>
/// <param name="Result">What is to be handed in.</param>
/// <param name="Figures">Figures of the last steps, of which a later coordinator may not have heard.</param>
internal sealed record FinishedStage(
    int Steps, WorkResult Result, IReadOnlyList<IReadOnlyDictionary<string, double>> Figures)
{
    /// <summary>The model that an earlier hand-out has left; null where there is none of so many steps.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="checkpoint">Name of the stage's checkpoint, relative to the run folder.</param>
    /// <param name="steps">Steps of the stage.</param>
    public static FinishedStage? Find(RunFolder folder, string checkpoint, int steps)
    {
        var newest = !Directory.Exists(folder.Checkpoints)
            ? null
            : Directory.GetDirectories(folder.Checkpoints)
                .Where(path => NameOf(path) == Path.GetFileName(checkpoint) && IsIn(path))
                .MaxBy(CheckpointClaim.HandOutOf);
        var found = newest is null ? null : WireJson.Read<FinishedStage>(File.ReadAllBytes(FileIn(newest)));
        return found?.Steps == steps ? found.Under(Path.GetRelativePath(folder.Root, newest!)) : null;
    }

    /// <summary>Whether the folder of a model has it.</summary>
    public static bool IsIn(string model) => File.Exists(FileIn(model));

    /// <summary>Writes it to the folder of a model that is written already.</summary>
    public void Write(string model) => AtomicFile.Write(FileIn(model), Encoding.UTF8.GetString(WireJson.Write(this)));

    // A coordinator that was lost before its line in the journal may have taken the claim off the name.
    private FinishedStage Under(string name) => this with
    {
        Result = Result switch
        {
            SftResult trained => trained with { Checkpoint = name },
            SrmResult trained => trained with { Checkpoint = name },
            _ => Result,
        },
    };

    private static string NameOf(string path) => CheckpointClaim.NameOf(Path.GetFileName(path));

    private static string FileIn(string model) => Path.Combine(model, "training", "result.json");
}
