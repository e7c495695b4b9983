namespace R1Reward.Actors.Protocol;

/// <summary>Names of the figures that each rank of a step or update has.</summary>
public static class RankFigures
{
    private const string Speed = "-tokens-per-second";

    /// <summary>Tokens of the rank's share by the seconds in which it did not wait for others.</summary>
    public static string SpeedOf(int rank) => $"rank-{rank}{Speed}";

    /// <summary>The rank whose speed a figure is, as it is displayed, for example <c>rank-1</c>; null for any other.
    /// </summary>
    public static string? RankOf(string figure) =>
        figure.StartsWith("rank-", StringComparison.Ordinal) && figure.EndsWith(Speed, StringComparison.Ordinal)
            ? figure[..^Speed.Length]
            : null;
}
