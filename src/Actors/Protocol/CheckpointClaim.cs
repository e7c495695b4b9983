namespace R1Reward.Actors.Protocol;

/// <summary>
/// Names of checkpoints that are written but not counted yet: <c>checkpoints/step-4.e2a1</c> is that of the first
/// hand-out of update 4 under epoch 2. No two workers ever write to the same folder.
/// </summary>
internal static class CheckpointClaim
{
    private const string Mark = ".e";

    /// <summary>The name under which the worker that holds a hand-out writes a checkpoint.</summary>
    public static string Of(string checkpoint, WorkKey key) => $"{checkpoint}{Mark}{key.Epoch}a{key.Attempt}";

    /// <summary>The name that a claimed checkpoint gets when it counts.</summary>
    public static string NameOf(string claimed) =>
        claimed.LastIndexOf(Mark, StringComparison.Ordinal) is > 0 and var at ? claimed[..at] : claimed;

    /// <summary>Epoch and attempt of a claimed name; zeros where the name holds none.</summary>
    public static (int Epoch, int Attempt) HandOutOf(string claimed)
    {
        var parts = claimed[NameOf(claimed).Length..].TrimStart('.').TrimStart('e').Split('a');
        return parts is [var epoch, var attempt] && int.TryParse(epoch, out var e) && int.TryParse(attempt, out var a)
            ? (e, a)
            : default;
    }
}
