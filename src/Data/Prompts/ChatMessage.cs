namespace R1Reward.Data.Prompts;

/// <summary>One turn of a chat.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">The text of the turn.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>Media shown before the text, in order.</summary>
    public IReadOnlyList<MediaItem> Media { get; init; } = [];
}
