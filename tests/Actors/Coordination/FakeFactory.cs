using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Tests.Coordination;

/// <summary>Loads the same run whatever is submitted, at once or when it is let to.</summary>
internal sealed class FakeFactory(MachineRun run) : IRunFactory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static RunCommands.Submit Run { get; } = new("run", "");

    public RunCommands.Submit? UnderWay { get; set; }

    public Exception? Error { get; set; }

    /// <summary>Learners of each update.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Loading waits for it, where there is one.</summary>
    public ManualResetEventSlim? Ready { get; set; }

    /// <summary>The run that a second load gives; null: it never gets ready.</summary>
    public MachineRun? Again { get; set; }

    /// <summary>What tells the last loader that its coordinator has ended.</summary>
    public CancellationToken Gone { get; private set; }

    public int Loaded { get; private set; }

    public List<string> Over { get; } = [];

    public string Folder => "/a/runs";

    public string FolderOf(string run) => $"{Folder}/{run}";

    public UserErrorException? Damage { get; set; }

    public RunCommands.Submit? Interrupted() => Damage is null ? UnderWay : throw Damage;

    public Task<ActiveRun> LoadAsync(RunCommands.Submit submit, CancellationToken gone)
    {
        (UnderWay, Gone, Loaded) = (submit, gone, Loaded + 1);
        return Ready is null ? LoadAsync(submit) : Task.Run(
            () =>
            {
                Ready.Wait(Patience, gone);
                return LoadAsync(submit);
            },
            CancellationToken.None);
    }

    public void Ended(RunCommands.Submit submit) => Over.Add(submit.RunId);

    private Task<ActiveRun> LoadAsync(RunCommands.Submit submit)
    {
        if (Error is not null)
        {
            return Task.FromException<ActiveRun>(Error);
        }

        return Loaded == 1 ? Task.FromResult(Load(submit, run))
            : Again is not null ? Task.FromResult(Load(submit, Again))
            : new TaskCompletionSource<ActiveRun>().Task;
    }

    private ActiveRun Load(RunCommands.Submit submit, MachineRun loaded)
    {
        var created = DateTimeOffset.UnixEpoch.AddTicks(7);
        var lease = TimeSpan.FromMinutes(1);
        return new ActiveRun(
            submit,
            FolderOf(submit.RunId),
            created,
            MachineRun.Plan,
            1,
            loaded.Ledger,
            loaded.Machine,
            lease,
            loaded,
            loaded.Time,
            Ranks == 1 ? [] : new Dictionary<WorkKind, LearnerGroup>
            {
                [WorkKind.Learn] = new(Ranks, TimeSpan.Zero, loaded.Time),
            });
    }
}
