using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using Serilog;

namespace R1Reward.Actors.Workers.Scalar;

/// <summary>
/// The pairs of each step in the model's tokens; those of the next one are made while a step is computed. Pairs that
/// cannot be shown to the model are left out by name.
/// </summary>
/// <param name="settings">Batch size and steps.</param>
/// <param name="heads">Names of the model's heads.</param>
/// <param name="pairs">The run's pairs.</param>
/// <param name="encoder">Writes questions and responses.</param>
internal sealed class ScalarPairs(
    SrmSettings settings, IReadOnlyList<string> heads, RunPairs pairs, ResponseEncoder encoder)
{
    private int _nextStep = -1;
    private Task<List<ScalarPair>>? _next;
    private List<ScalarPair>? _heldOut;

    /// <summary>How many held-out pairs cannot be shown.</summary>
    public int HeldOutLeftOut => pairs.HeldOut.Count - HeldOut.Count;

    /// <summary>The held-out pairs that can be shown.</summary>
    public IReadOnlyList<ScalarPair> HeldOut =>
        _heldOut ??= EncodeAsync(pairs.HeldOut, "held-out pairs").GetAwaiter().GetResult();

    /// <summary>The pairs of a step, from 0.</summary>
    /// <exception cref="UserErrorException">No pair of the step can be shown.</exception>
    public List<ScalarPair> At(int step)
    {
        var making = _next is not null && step == _nextStep ? _next : Task.Run(() => MakeAsync(step));
        var made = making.GetAwaiter().GetResult();
        _nextStep = step + 1;
        _next = _nextStep < settings.Optimizer.Steps ? Task.Run(() => MakeAsync(step + 1)) : null;
        return made;
    }

    private Task<List<ScalarPair>> MakeAsync(int step)
    {
        var first = (long)step * settings.BatchSize;
        var batch = Enumerable.Range(0, settings.BatchSize).Select(row => pairs.Training(first + row)).ToList();
        return EncodeAsync(batch, $"step {step + 1}");
    }

    private async Task<List<ScalarPair>> EncodeAsync(IReadOnlyList<PreferencePair> all, string what)
    {
        var encoded = new List<ScalarPair>();
        string? reason = null;
        foreach (var (pair, made, problem) in await Task.WhenAll(all.Select(EncodeAsync)).ConfigureAwait(false))
        {
            if (made is not null)
            {
                encoded.Add(made);
                continue;
            }

            reason ??= $"pair {pair.Id}: {problem}";
            Log.Warning("scalar model, {What}: left out pair {Id}: {Problem}", what, pair.Id, problem);
        }

        return encoded.Count > 0 || all.Count == 0
            ? encoded
            : throw new UserErrorException(
                $"scalar model, {what}: none can be shown to the model. The first: {reason}. "
                + "Look at r1reward.data and at the files that it names.");
    }

    private async Task<(PreferencePair Pair, ScalarPair? Made, string? Problem)> EncodeAsync(PreferencePair pair)
    {
        var row = ResponseRow.From(pair);
        var first = await encoder.EncodeAsync(row, 0).ConfigureAwait(false);
        var second = await encoder.EncodeAsync(row, 1).ConfigureAwait(false);
        return first.Row is null || second.Row is null
            ? (pair, null, first.Problem ?? second.Problem)
            : (pair, new ScalarPair(first.Row, second.Row, [.. heads.Select(pair.LabelOf)]), null);
    }
}
