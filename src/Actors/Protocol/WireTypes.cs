namespace R1Reward.Actors.Protocol;

/// <summary>
/// The messages that may cross a process boundary, with the short versioned names under which they do.
/// </summary>
internal static class WireTypes
{
    private static readonly Dictionary<string, Type> ByManifest = new()
    {
        ["hello.1"] = typeof(FromWorker.Hello),
        ["pull.1"] = typeof(FromWorker.Pull),
        ["renew.1"] = typeof(FromWorker.Renew),
        ["done.1"] = typeof(FromWorker.Done),
        ["progress.1"] = typeof(FromWorker.Progress),
        ["leaving.1"] = typeof(FromWorker.Leaving),
        ["goodbye.1"] = typeof(FromWorker.Goodbye),
        ["welcome.1"] = typeof(ToWorker.Welcome),
        ["who.1"] = typeof(ToWorker.WhoAreYou),
        ["work.1"] = typeof(ToWorker.Work),
        ["accepted.1"] = typeof(ToWorker.Accepted),
        ["farewell.1"] = typeof(ToWorker.Farewell),
        ["cancel.1"] = typeof(ToWorker.Cancel),
        ["submit.1"] = typeof(RunCommands.Submit),
        ["submitted.1"] = typeof(RunCommands.Submitted),
        ["get-status.1"] = typeof(RunCommands.GetStatus),
        ["status.1"] = typeof(RunStatus),
        ["stop.1"] = typeof(RunCommands.Stop),
        ["get-details.1"] = typeof(RunCommands.GetDetails),
        ["details.1"] = typeof(RunDetails),
        ["get-members.1"] = typeof(ClusterCommands.GetMembers),
        ["members.1"] = typeof(ClusterCommands.Members),
        ["leave.1"] = typeof(ClusterCommands.Leave),
        ["leave-now.1"] = typeof(ClusterCommands.LeaveNow),
        ["down.1"] = typeof(ClusterCommands.Down),
        ["ordered.1"] = typeof(ClusterCommands.Ordered),
    };

    private static readonly Dictionary<Type, string> ByType =
        ByManifest.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Work and results by the name that stands in their <c>is</c> field.</summary>
    public static IReadOnlyDictionary<string, Type> Payloads { get; } = new Dictionary<string, Type>
    {
        ["sft"] = typeof(SftWork),
        ["srm"] = typeof(SrmWork),
        ["rollout"] = typeof(RolloutWork),
        ["judge"] = typeof(JudgeWork),
        ["score"] = typeof(ScoreWork),
        ["learn"] = typeof(LearnWork),
        ["save"] = typeof(SaveWork),
        ["sft-done"] = typeof(SftResult),
        ["srm-done"] = typeof(SrmResult),
        ["traces"] = typeof(RolloutResult),
        ["left-out"] = typeof(RolloutLeftOut),
        ["verdict"] = typeof(JudgeResult),
        ["reward"] = typeof(ScoreResult),
        ["learned"] = typeof(LearnResult),
        ["saved"] = typeof(SaveResult),
        ["weights-lost"] = typeof(WeightsLost),
        ["learner-lost"] = typeof(LearnerLost),
        ["failed"] = typeof(WorkFailed),
        ["stopped"] = typeof(WorkStopped),
    };

    /// <summary>The types of all messages.</summary>
    public static IReadOnlyCollection<Type> Messages => ByType.Keys;

    /// <summary>The manifest of a message type.</summary>
    /// <exception cref="ArgumentException">The type is not in the set.</exception>
    public static string ManifestOf(Type type) => ByType.TryGetValue(type, out var manifest)
        ? manifest
        : throw new ArgumentException($"{type.Name} is not a wire message");

    /// <summary>The type behind a manifest; null when it is unknown.</summary>
    public static Type? TypeOf(string manifest) => ByManifest.GetValueOrDefault(manifest);
}
