using System.Collections.Immutable;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Judged;

/// <summary>
/// The user message of judging terms: one JSON object with everything untrusted as quoted strings, then the pictures of
/// the pair. Nothing in a string can end its quotation, so no text of a trace can stand beside the rules.
/// </summary>
public static class JudgedCase
{
    /// <summary>
    /// What a judge's reply about a trace is worth; no value where it cannot be asked or does not reply.
    /// </summary>
    /// <param name="judge">The judge.</param>
    /// <param name="input">The trace.</param>
    /// <param name="folder">Where relative paths of pictures start.</param>
    /// <param name="prompt">Puts the rules before the parts of the message.</param>
    /// <param name="score">Reads a reply that came.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    internal static async ValueTask<RewardScore> AskAsync(
        IJudgeClient judge,
        RewardInput input,
        string folder,
        Func<ImmutableArray<JudgePart>, JudgePrompt> prompt,
        Func<JudgeReply, RewardScore> score,
        CancellationToken cancellationToken)
    {
        var parts = Parts(input, folder, out var missing);
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

    /// <summary>The parts of the message.</summary>
    /// <param name="input">The trace.</param>
    /// <param name="folder">Where relative paths of pictures start.</param>
    /// <param name="missing">Why a picture cannot be shown; null when all can.</param>
    public static ImmutableArray<JudgePart> Parts(RewardInput input, string folder, out string? missing)
    {
        var parts = ImmutableArray.CreateBuilder<JudgePart>();
        parts.Add(new JudgePart.Text(new JObject
        {
            ["question"] = input.Pair.Question,
            ["response_1"] = input.Pair.Response1,
            ["response_2"] = input.Pair.Response2,
            ["judgment"] = input.Reply,
        }.ToString(Formatting.None)));
        missing = null;
        foreach (var item in input.Pair.Media.Where(item => item.Kind == MediaKind.Image))
        {
            if (DataUri.Matches(item.Path))
            {
                if (DataUri.TryDecode(item.Path, out var held))
                {
                    parts.Add(new JudgePart.Picture(MediaTypeOf(held), held));
                }
                else
                {
                    missing ??= "a picture inside its address cannot be read: it is not written in base64";
                }

                continue;
            }

            try
            {
                var bytes = File.ReadAllBytes(Path.GetFullPath(item.Path, folder));
                parts.Add(new JudgePart.Picture(MediaTypeOf(bytes), bytes));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                missing ??= $"the picture {item.Path} cannot be read: {error.Message}";
            }
        }

        return parts.ToImmutable();
    }

    private static string MediaTypeOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xD8, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "image/webp",
        _ => "image/png",
    };
}
