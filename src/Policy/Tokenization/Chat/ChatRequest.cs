using R1Reward.Policy.Tokenization.Jinja;

namespace R1Reward.Policy.Tokenization.Chat;

/// <summary>What a chat template is given.</summary>
internal sealed record ChatRequest
{
    /// <summary>
    /// The turns: dictionaries with <c>role</c>, <c>content</c> (text, or a list of parts) and whatever else the
    /// template knows.
    /// </summary>
    public required IReadOnlyList<JinjaMapping> Messages { get; init; }

    /// <summary>The functions that the model may call; null: none are offered.</summary>
    public object? Tools { get; init; }

    /// <summary>Open the assistant's turn at the end.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>End right after the content of the last message, so that the model goes on with it.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>Further variables of the template by name; they hide the special tokens of the same names.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();
}
