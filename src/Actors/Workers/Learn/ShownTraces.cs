using R1Reward.Data;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Exchange;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// The traces of a batch whose pictures and videos the learner's host can read. A rollout worker has read them all, so
/// that only files are missing that the hosts do not share. Of several learners all have to read them.
/// </summary>
internal static class ShownTraces
{
    /// <summary>Loads the media of every trace, and leaves out by name the traces whose media cannot be read.</summary>
    /// <returns>The traces that are left, the media of each, and why the others are not among them.</returns>
    /// <exception cref="UserErrorException">No trace is left.</exception>
    public static (
        IReadOnlyList<ScoredTrace> Traces, IReadOnlyList<MediaFeatures>[] Media, IReadOnlyList<string> LeftOut)
        Load(IReadOnlyList<ScoredTrace> batch, MediaStore? store, ICollective ranks, CancellationToken cancel)
    {
        if (store is null)
        {
            return (batch, [.. batch.Select(_ => Array.Empty<MediaPatches>())], []);
        }

        var loading = batch.Select(scored => store.LoadAsync(scored.Trace.Media, cancel));
        var loaded = batch.Zip(Task.WhenAll(loading).GetAwaiter().GetResult()).ToList();
        var byRank = ranks.Gather([.. loaded.Select(entry => entry.Second.All(media => media.IsReady) ? 1.0 : 0)]);
        var byReading = loaded.Index().ToLookup(
            entry => Array.TrueForAll(byRank, own => own[entry.Index] == 1), entry => entry.Item);
        var shown = byReading[true].ToList();
        List<string> leftOut =
        [
            .. byReading[false].Select(entry => entry.Second.FirstOrDefault(media => !media.IsReady) is { } missing
                ? $"{entry.First.Trace.Id}: {missing}"
                : $"{entry.First.Trace.Id}: another learner cannot read its media"),
        ];
        if (shown.Count == 0)
        {
            throw new UserErrorException(
                $"{leftOut[0]}. The learner's host can read the media of no trace, and a rollout worker could: give "
                + "all hosts the same files at the same paths.");
        }

        return (
            [.. shown.Select(entry => entry.First)],
            [
                .. shown.Select(entry =>
                    (IReadOnlyList<MediaFeatures>)[.. entry.Second.Select(media => media.Features!)]),
            ],
            leftOut);
    }
}
