namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>A text, number, flag or duration: what it means is decided by the setting that reads it.</summary>
/// <param name="text">The text without quotes, escapes resolved.</param>
/// <param name="place">Where the text begins.</param>
internal sealed class TextNode(string text, HoconPlace place) : HoconNode(place)
{
    /// <summary>Whether it is the white space between two values beside each other.</summary>
    public bool IsSeparator { get; init; }

    /// <summary>Whether it is the word null, written without quotes.</summary>
    public bool IsNull { get; init; }

    /// <summary>The text without quotes, escapes resolved.</summary>
    public string Text { get; } = text;
}
