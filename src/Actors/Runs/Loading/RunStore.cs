using Newtonsoft.Json;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// Remembers, beside the run folders, which run is under way: a coordinator that starts on the same storage takes it
/// up.
/// </summary>
/// <param name="folder">Folder that holds run folders.</param>
internal sealed class RunStore(string folder)
{
    private string Path => System.IO.Path.Combine(folder, "current.json");

    /// <summary>The run under way; null when there is none.</summary>
    public RunCommands.Submit? Current() =>
        File.Exists(Path) ? JsonConvert.DeserializeObject<RunCommands.Submit>(File.ReadAllText(Path)) : null;

    /// <summary>Notes a run as under way.</summary>
    public void Begin(RunCommands.Submit submit)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path, JsonConvert.SerializeObject(submit));
    }

    /// <summary>Notes that the run is not under way any more.</summary>
    public void End(RunCommands.Submit submit)
    {
        if (Current()?.RunId == submit.RunId)
        {
            File.Delete(Path);
        }
    }
}
