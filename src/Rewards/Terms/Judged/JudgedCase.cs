using System.Collections.Immutable;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Fetching;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Judged;

/// <summary>
/// The user message of judging terms: one JSON object with everything untrusted as quoted strings, then the pictures of
/// the pair. Nothing in a string can end its quotation, so no text of a trace can stand beside the rules.
/// </summary>
internal static class JudgedCase
{
    /// <summary>
    /// What a judge's reply about a trace is worth; no value where it cannot be asked or does not reply.
    /// </summary>
    /// <param name="judge">The judge.</param>
    /// <param name="input">The trace.</param>
    /// <param name="pictures">The files of the pairs' pictures.</param>
    /// <param name="prompt">Puts the rules before the parts of the message.</param>
    /// <param name="score">Reads a reply that came.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    internal static async ValueTask<RewardScore> AskAsync(
        IJudgeClient judge,
        RewardInput input,
        PictureFiles pictures,
        Func<ImmutableArray<JudgePart>, JudgePrompt> prompt,
        Func<JudgeReply, RewardScore> score,
        CancellationToken cancellationToken)
    {
        var (parts, missing) = await PartsAsync(input, pictures, cancellationToken).ConfigureAwait(false);
        if (missing is not null)
        {
            return RewardScore.Unknown(missing);
        }

        var reply = await judge.AskAsync(prompt(parts), cancellationToken).ConfigureAwait(false);
        var scored = reply.Failure is { } failure
            ? RewardScore.Unknown("judge: " + failure.Reason)
            : score(reply);
        return scored with { Use = new JudgeUse().And(reply) };
    }

    /// <summary>The parts of the message, or why a picture cannot be shown.</summary>
    /// <param name="input">The trace.</param>
    /// <param name="pictures">The files of the pairs' pictures.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    private static async Task<(ImmutableArray<JudgePart> Parts, string? Missing)> PartsAsync(
        RewardInput input, PictureFiles pictures, CancellationToken cancellationToken)
    {
        var parts = ImmutableArray.CreateBuilder<JudgePart>();
        parts.Add(new JudgePart.Text(new JObject
        {
            ["question"] = input.Pair.Question,
            ["response_1"] = input.Pair.Response1,
            ["response_2"] = input.Pair.Response2,
            ["judgment"] = input.Reply,
        }.ToString(Formatting.None)));
        foreach (var item in input.Pair.AllMedia().Where(item => item.Kind != MediaKind.Video))
        {
            try
            {
                parts.Add(await JudgeMedia.ReadAsync(item, pictures, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception error) when (error is MediaException or IOException or UnauthorizedAccessException)
            {
                var name = DataUri.Matches(item.Path) ? "inside its address" : item.Path;
                var what = item.Kind == MediaKind.Audio ? "sound" : "picture";
                return ([], $"the {what} {name} cannot be shown: {error.Message}");
            }
        }

        return (parts.ToImmutable(), null);
    }
}
