using System.Collections.Immutable;
using R1Reward.Data.Judging;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Annotation;

/// <summary>
/// Asks a teacher to judge labelled pairs, again until it chooses as the label does: R1-Reward's way to judgments that
/// can be imitated and to the difficulty of a pair. Safe for concurrent use.
/// </summary>
/// <param name="teacher">Is asked; what its failures mean is its own affair, a failure that it lets through leaves the
/// pair undecided.</param>
/// <param name="options">Prompt, tries and temperature.</param>
/// <param name="pictures">The files of the pairs' pictures.</param>
public sealed class PairAnnotator(IJudgeClient teacher, AnnotationOptions options, PictureFiles pictures)
{
    /// <summary>Asks about one pair.</summary>
    /// <param name="pair">A pair whose label prefers one response.</param>
    /// <param name="cancel">Gives the pair up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<Annotation> AnnotateAsync(PreferencePair pair, CancellationToken cancel = default)
    {
        var (parts, missing) = await PartsAsync(pair, cancel).ConfigureAwait(false);
        if (missing is not null)
        {
            return Undecided(0, missing);
        }

        for (var tried = 0; tried < options.Tries; tried++)
        {
            // A repetition is a question of its own to the cache of replies.
            var prompt = new JudgePrompt("", parts) { Temperature = options.Temperature, Repetition = tried };
            var reply = await teacher.AskAsync(prompt, cancel).ConfigureAwait(false);
            if (reply.Failure is { } failure)
            {
                return Undecided(tried, failure.Reason);
            }

            var judgment = options.Template.Tags.ToPublished(reply.Text!);
            if (JudgmentParser.Parse(judgment, options.Answer).IsRight(pair.Label))
            {
                return new Annotation(AnnotationOutcome.Solved, tried + 1, judgment, null);
            }
        }

        return new Annotation(AnnotationOutcome.Unsolved, options.Tries, null, null);
    }

    private static Annotation Undecided(int tries, string reason) =>
        new(AnnotationOutcome.Undecided, tries, null, reason);

    private async Task<(ImmutableArray<JudgePart> Parts, string? Missing)> PartsAsync(
        PreferencePair pair, CancellationToken cancel)
    {
        var parts = ImmutableArray.CreateBuilder<JudgePart>();
        foreach (var part in options.Template.Render(pair).SelectMany(turn => turn.Content))
        {
            if (part is TextPart written)
            {
                AddText(parts, written.Text);
                continue;
            }

            var item = ((MediaPart)part).Item;
            try
            {
                parts.Add(await JudgeMedia.ReadAsync(item, pictures, cancel).ConfigureAwait(false));
            }
            catch (Exception error) when (error is MediaException or IOException or UnauthorizedAccessException)
            {
                var name = DataUri.Matches(item.Path) ? "inside its address" : item.Path;
                return ([], $"{name} cannot be shown: {error.Message}");
            }
        }

        return (parts.ToImmutable(), null);
    }

    // Neighbouring texts are sent as one.
    private static void AddText(ImmutableArray<JudgePart>.Builder parts, string text)
    {
        if (parts.LastOrDefault() is JudgePart.Text before)
        {
            parts[^1] = new JudgePart.Text(before.Value + text);
        }
        else
        {
            parts.Add(new JudgePart.Text(text));
        }
    }
}
