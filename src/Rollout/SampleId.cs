using System.Globalization;

namespace R1Reward.Rollout;

/// <summary>Identity of a trace: its request and the number of the sample within it.</summary>
/// <param name="Request">Id of the request; may hold slashes.</param>
/// <param name="Number">Number of the sample, from 0.</param>
/// <example>The third sample of <c>step-12/scenes-000017</c> is <c>step-12/scenes-000017/2</c>.</example>
public readonly record struct SampleId(string Request, int Number)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static SampleId Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return new(text[..slash], int.Parse(text.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Request}/{Number}");
}
