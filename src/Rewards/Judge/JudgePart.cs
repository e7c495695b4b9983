namespace R1Reward.Rewards.Judge;

/// <summary>A piece of a user message.</summary>
public abstract record JudgePart
{
    private JudgePart()
    {
    }

    /// <summary>A text that is sent unchanged.</summary>
    public sealed record Text(string Value) : JudgePart;

    /// <summary>A picture, sent within the request as a data URL.</summary>
    /// <param name="MediaType">For example <c>image/png</c>.</param>
    /// <param name="Bytes">The encoded file.</param>
    public sealed record Picture(string MediaType, ReadOnlyMemory<byte> Bytes) : JudgePart;

    /// <summary>A sound, sent within the request in base64.</summary>
    /// <param name="Format">For example <c>wav</c>.</param>
    /// <param name="Bytes">The encoded file.</param>
    public sealed record Sound(string Format, ReadOnlyMemory<byte> Bytes) : JudgePart;
}
