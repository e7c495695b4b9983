using R1Reward.Data.Pairs;
using R1Reward.Data;

namespace R1Reward.Rewards.Terms;

/// <summary>The terms of a run in the order of its configuration.</summary>
/// <param name="terms">The terms.</param>
public sealed class RewardSuite(IReadOnlyList<RewardTerm> terms)
{
    /// <summary>The terms, in the order of their configuration.</summary>
    public IReadOnlyList<RewardTerm> Terms { get; } = terms;

    /// <summary>What the terms read of a trace beyond the reply.</summary>
    public RewardField Required => Terms.Aggregate(RewardField.None, (fields, term) => fields | term.Reward.Required);

    /// <summary>Whether some terms wait for the whole batch.</summary>
    public bool HasLateTerms => Terms.Any(term => term.Definition.WaitsForBatch);

    /// <summary>Every trace's terms, for all traces of one prompt. The terms are computed side by side.</summary>
    /// <param name="group">The traces.</param>
    /// <param name="late">
    /// Null: all terms; else those that wait for the whole batch (true) or the others (false).
    /// </param>
    /// <param name="cancellationToken">Cancels the terms that are under way.</param>
    public async Task<IReadOnlyList<IReadOnlyList<TermScore>>> ScoreAsync(
        IReadOnlyList<RewardInput> group, bool? late = null, CancellationToken cancellationToken = default)
    {
        var chosen = Terms.Where(term => late is null || term.Definition.WaitsForBatch == late);
        var asked = chosen.Select(term => term.ScoreAsync(group, cancellationToken));
        var byTerm = await Task.WhenAll(asked).ConfigureAwait(false);
        return [.. Enumerable.Range(0, group.Count).Select(trace => byTerm.Select(scores => scores[trace]).ToList())];
    }

    /// <summary>Refuses a pair that lacks what a term reads.</summary>
    /// <exception cref="UserErrorException">Which pair, which term, which field.</exception>
    public void Check(PreferencePair pair)
    {
        foreach (var term in Terms)
        {
            if (Missing(term.Reward.Required, pair) is { } field)
            {
                throw new UserErrorException(
                    $"pair {pair.Id}: the reward term {term.Definition.Name} ({term.Definition.Type}) reads " +
                    $"\"{field}\", which the pair does not have. Add the field to the data, or take the term out of " +
                    "r1reward.rewards.");
            }
        }
    }

    /// <summary>The first field that a pair lacks; null when it has all.</summary>
    internal static string? Missing(RewardField fields, PreferencePair pair) =>
        fields.HasFlag(RewardField.Label) && pair.Label is null ? "label"
        : fields.HasFlag(RewardField.Reference) && pair.Reference is null ? "reference"
        : fields.HasFlag(RewardField.Recipe) && pair.Recipe is null ? "recipe"
        : fields.HasFlag(RewardField.Question) && pair.Question.Length == 0 ? "question"
        : fields.HasFlag(RewardField.Media) && pair.AllMedia().Count == 0 ? "media"
        : null;
}
