using R1Reward.Data.Media;

namespace R1Reward.Data.Prompts;

/// <summary>One turn of a chat.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its pieces in order.</param>
public sealed record ChatMessage(string Role, IReadOnlyList<ContentPart> Content)
{
    /// <summary>A turn of untrusted text.</summary>
    public ChatMessage(string role, string text)
        : this(role, [new TextPart(text)])
    {
    }

    /// <summary>The text of all its text parts.</summary>
    public string Text => string.Concat(Content.OfType<TextPart>().Select(part => part.Text));

    /// <summary>Its media in order.</summary>
    public IEnumerable<MediaItem> Media => Content.OfType<MediaPart>().Select(part => part.Item);
}
