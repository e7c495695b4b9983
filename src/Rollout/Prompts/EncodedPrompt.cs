using System.Collections.Immutable;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Rollout.Prompts;

/// <summary>A prompt as a model reads it.</summary>
/// <param name="Tokens">
/// Token ids up to where the reply begins, each medium's placeholder as often as it has tokens.
/// </param>
/// <example>
/// A pair with a picture of 84 x 84 pixels has nine placeholders in a row, and one item of <see cref="Features"/>.
/// </example>
public sealed record EncodedPrompt(ImmutableArray<int> Tokens)
{
    /// <summary>What is shown, in the order of the placeholders; empty for a model that reads text only.</summary>
    public IReadOnlyList<MediaItem> Media { get; init; } = [];

    /// <summary>What the model's towers take of <see cref="Media"/>.</summary>
    public IReadOnlyList<MediaFeatures> Features { get; init; } = [];

    /// <summary>
    /// Why it cannot be shown to the model: which medium could not be read, for example <c>images/7.png: Missing, does
    /// not exist</c>, or that it is too long; null when it can. There are no tokens then.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>
    /// The first of <see cref="Media"/> that could not be read, and why; null where none was in the way.
    /// </summary>
    public (int Index, MediaResult Result)? Unreadable { get; init; }
}
