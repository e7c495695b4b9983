using Newtonsoft.Json;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
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
    /// <exception cref="UserErrorException">The file is damaged.</exception>
    public RunCommands.Submit? Current()
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        try
        {
            var noted = JsonConvert.DeserializeObject<RunCommands.Submit>(File.ReadAllText(Path));
            return noted is { RunId: not null, Settings: not null }
                ? noted
                : throw new JsonSerializationException("it names no run");
        }
        catch (JsonException damage)
        {
            throw new UserErrorException(
                $"{Path}: damaged ({damage.Message.TrimEnd('.')}), so that the run under way is not known. Delete the "
                + "file and submit the run again: it goes on from its journal.",
                damage);
        }
    }

    /// <summary>Notes a run as under way.</summary>
    public void Begin(RunCommands.Submit submit)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path, TextOf(submit));
    }

    /// <summary>Notes that the run is not under way any more.</summary>
    public void End(RunCommands.Submit submit)
    {
        if (File.Exists(Path) && File.ReadAllText(Path) == TextOf(submit))
        {
            File.Delete(Path);
        }
    }

    private static string TextOf(RunCommands.Submit submit) => JsonConvert.SerializeObject(submit);
}
