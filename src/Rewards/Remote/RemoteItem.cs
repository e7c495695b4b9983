using System.Collections.Immutable;

namespace R1Reward.Rewards.Remote;

/// <summary>
/// One item to score. Pictures are encoded files (PNG; JPEG where the server takes it). A protocol sends the fields
/// that it knows; a field is sent for all items of a call or for none.
/// </summary>
/// <example>
/// A judgment: <see cref="Prompt"/> the message of the data file, <see cref="Sequence"/> the prompt and the reply as
/// decoded. A made picture: <see cref="Prompt"/> what was asked for, <see cref="Image"/> the picture,
/// <see cref="ConditionImages"/> what it was made from.
/// </example>
public sealed record RemoteItem
{
    /// <summary>
    /// The prompt as the data file writes it; services with a file of accepted answers find the answer by this text.
    /// </summary>
    public required string Prompt { get; init; }

    /// <summary>
    /// Prompt and response as decoded, control tokens included; null where only the prompt or pictures are scored.
    /// </summary>
    public string? Sequence { get; init; }

    /// <summary>The response alone; null as above.</summary>
    public string? Response { get; init; }

    /// <summary>The accepted answer, for services that hold none; null where there is none.</summary>
    public string? Reference { get; init; }

    /// <summary>The picture that is scored; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>Frames of the video that is scored; empty where there is none.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Video { get; init; } = [];

    /// <summary>Pictures that belong to the prompt.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> ConditionImages { get; init; } = [];

    /// <summary>Videos that belong to the prompt, frame by frame.</summary>
    public ImmutableArray<ImmutableArray<ReadOnlyMemory<byte>>> ConditionVideos { get; init; } = [];
}
