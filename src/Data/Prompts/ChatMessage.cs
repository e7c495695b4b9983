using R1Reward.Data.Media;

namespace R1Reward.Data.Prompts;

/// <summary>One turn of a chat.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its texts and media, in the order in which the model reads them.</param>
public sealed record ChatMessage(string Role, IReadOnlyList<ContentPart> Content)
{
    /// <summary>A turn of untrusted text.</summary>
    public ChatMessage(string role, string text)
        : this(role, [new TextPart(text)])
    {
    }

    /// <summary>The text of all its text parts.</summary>
    public string Text => string.Concat(Content.OfType<TextPart>().Select(part => part.Text));

    /// <summary>The media of the turn, in order.</summary>
    public IEnumerable<MediaItem> Media => Content.OfType<MediaPart>().Select(part => part.Item);
}
