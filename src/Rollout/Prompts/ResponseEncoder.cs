using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Heads;

namespace R1Reward.Rollout.Prompts;

/// <summary>
/// Writes a question with one response as a scalar model reads it: the user's turn, media before the text, and the
/// assistant's, as the chat template has them, without opening another turn.
/// </summary>
/// <param name="conversations">Writes turns in the model's tokens.</param>
/// <param name="sees">Whether the model reads media; those of a question are left out where it does not.</param>
public sealed class ResponseEncoder(ConversationEncoder conversations, bool sees)
{
    /// <summary>
    /// One response of a row. A picture, video or sound that is the response stands with those of the question, before
    /// its text, as chat templates have media in the user's turn.
    /// </summary>
    /// <param name="row">The question and its responses.</param>
    /// <param name="response">Which of them, from 0.</param>
    /// <param name="cancel">Stops the loading of media.</param>
    public Task<(ScalarRow? Row, string? Problem)> EncodeAsync(
        ResponseRow row, int response, CancellationToken cancel = default) =>
        row.ResponseMedia.Count > 0 && !sees
            ? Task.FromResult<(ScalarRow?, string?)>((null, PromptEncoder.NotSeen))
            : EncodeAsync(row.Prompt, row.Responses[response], row.MediaOf(response), cancel);

    /// <summary>The text to score, or why it cannot be shown to the model.</summary>
    public async Task<(ScalarRow? Row, string? Problem)> EncodeAsync(
        string question, string response, IReadOnlyList<MediaItem> media, CancellationToken cancel = default)
    {
        var shown = sees ? media.Select(item => new MediaPart(item)) : [];
        ChatMessage[] turns =
        [
            new("user", [.. shown, new TextPart(question)]),
            new("assistant", response),
        ];
        var encoded = await conversations.EncodeAsync(turns, opensReply: false, cancel).ConfigureAwait(false);
        return encoded.Problem is { } problem
            ? (null, problem)
            : (new ScalarRow(encoded.Tokens) { Media = encoded.Features }, null);
    }
}
